//! What a `DATABASE_URL` names. No error quotes it, not even in part: a password may stand where it does not
//! belong.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::PgConnectOptions;

use super::Error;

/// A database. Not `Debug`: it may hold a password.
pub(super) enum Target {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<PgConnectOptions>),
}

/// What may follow the `?`. sqlx knows more, and only logs what it does not know, value and all.
const PARAMETERS: [&str; 9] = [
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "application_name",
    "host",
    "port",
    "user",
    "dbname",
];

impl Target {
    /// Reads a URL. Opens nothing.
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        let url = url.trim();
        if let Some(rest) =
            url.strip_prefix("postgres://").or_else(|| url.strip_prefix("postgresql://"))
        {
            postgres(url, rest).map(|options| Self::Postgres(Box::new(options)))
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Err(Error::Url(POSTGRES_FORM))
        } else {
            file(url).map(Self::Sqlite)
        }
    }
}

const POSTGRES_FORM: &str = "is no URL of PostgreSQL, as `postgres://USER:PASSWORD@HOST:5432/NAME?sslmode=require` \
                             (in a password, signs other than letters and digits are written `%40` for `@`, `%2F` for `/`)";

fn postgres(url: &str, rest: &str) -> Result<PgConnectOptions, Error> {
    let form = || Error::Url(POSTGRES_FORM);
    let (authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // A `/`, `?` or `#` in a password cuts it off here, and what is left would be taken for a database's name.
    if tail.contains(['@', '#']) || authority.is_empty() && !tail.contains("host=") {
        return Err(form());
    }
    let query = tail.split_once('?').map_or("", |(_, query)| query);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let key = pair.split_once('=').map_or(pair, |(key, _)| key);
        if !PARAMETERS.contains(&key) {
            return Err(Error::Url(
                "has something after its `?` that is not known here; what may stand there is sslmode, sslrootcert, \
                 sslcert, sslkey, application_name, host, port, user, dbname",
            ));
        }
        if pair
            .strip_prefix("sslmode=")
            .is_some_and(|mode| sqlx::postgres::PgSslMode::from_str(mode).is_err())
        {
            return Err(Error::Url(
                "has an unknown sslmode; it is one of disable, allow, prefer, require, verify-ca, verify-full",
            ));
        }
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| form())?;
    Ok(match options.get_application_name() {
        Some(_) => options,
        None => options.application_name("ep-bot"),
    })
}

fn file(url: &str) -> Result<PathBuf, Error> {
    let path = url
        .strip_prefix("sqlite:")
        .ok_or(Error::Url("must begin with `sqlite:` or `postgres://`, as `sqlite:ep-bot.db`"))?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains('?') || path.starts_with(':') {
        return Err(Error::Url(
            "must name a file without `?` options (nothing in memory: a delivery has to outlive the process), \
             as `sqlite:ep-bot.db`",
        ));
    }
    Ok(Path::new(path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(url: &str) -> String {
        Target::parse(url).err().map(|error| error.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_sqlite_url_names_its_file() {
        for (url, path) in [
            ("sqlite:ep-bot.db", "ep-bot.db"),
            ("sqlite:///var/lib/ep-bot/ep-bot.db", "/var/lib/ep-bot/ep-bot.db"),
            ("sqlite:/data/a b.db", "/data/a b.db"),
            (" sqlite://here.db\n", "here.db"),
        ] {
            let Ok(Target::Sqlite(file)) = Target::parse(url) else { panic!("{url}") };
            assert_eq!(file, Path::new(path), "{url}");
        }
    }

    #[test]
    fn a_postgres_url_names_its_server() {
        for url in [
            "postgres://bot:pa%40ss@db:6432/eps?sslmode=verify-full&sslrootcert=/etc/ca.pem",
            "postgresql://bot@db:6432/eps",
            "postgres://bot:a@b@db:6432/eps\n",
            "postgres:///eps?host=db&port=6432&user=bot",
        ] {
            let Ok(Target::Postgres(options)) = Target::parse(url) else { panic!("{url}") };
            assert_eq!(
                (options.get_host(), options.get_port(), options.get_username()),
                ("db", 6432, "bot"),
                "{url}"
            );
            assert_eq!(options.get_database(), Some("eps"));
            assert_eq!(options.get_application_name(), Some("ep-bot"));
        }
        let socket = Target::parse("postgres://bot@%2Frun%2Fpostgresql/eps");
        let Ok(Target::Postgres(options)) = socket else { panic!("a socket") };
        assert_eq!(
            options.get_socket().map(std::path::PathBuf::as_path),
            Some(Path::new("/run/postgresql"))
        );
    }

    #[test]
    fn a_wrong_url_is_told_without_its_password() {
        for url in [
            "mysql://bot:hunter2@db/ep",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:a.db?mode=memory",
            "",
            "postgres:bot:hunter2@db/ep",
            "postgres://",
            "postgres://bot:12/hunter2@db/ep",
            "postgres://bot:hunter2/1@db/ep",
            "postgres://bot:12?hunter2@db/ep",
            "postgres://bot:12?sslmode=hunter2",
            "postgres://bot:12?hunter2=1",
            "postgres://bot:12#hunter2@db/ep",
            "postgres://bot:hunter2@db:port/ep",
        ] {
            let error = refused(url);
            assert!(error.starts_with("DATABASE_URL "), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
    }
}
