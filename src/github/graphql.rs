//! GraphQL's answers: `data` may hold nulls beside `errors`, under status 200.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::Repository;
use super::error::Error;
use super::rate;
use super::transport::{Answer, Call, Verb};

/// An answer with the data that came and the errors that came with it.
pub(super) struct Reply<T> {
    data: Option<T>,
    problems: Vec<Problem>,
    answer: Answer,
    operation: &'static str,
}

#[derive(Deserialize)]
struct Envelope<T> {
    #[serde(default = "Option::default")]
    data: Option<T>,
    #[serde(default)]
    errors: Option<Vec<Problem>>,
    /// Some limits are told as REST tells them.
    #[serde(default)]
    message: Option<String>,
}

#[derive(Deserialize)]
struct Problem {
    #[serde(rename = "type", default)]
    kind: Option<String>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    path: Option<Vec<Value>>,
    #[serde(default)]
    extensions: Option<Value>,
}

impl Repository {
    /// One query. `values` are its variables, to which the repository's owner and name are added.
    pub(super) async fn query<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        document: &str,
        mut values: serde_json::Map<String, Value>,
    ) -> Result<Reply<T>, Error> {
        values.insert("owner".into(), json!(self.name().owner));
        values.insert("name".into(), json!(self.name().name));
        self.mutation(operation, document, values).await
    }

    /// The same with no variables but those given.
    pub(super) async fn mutation<T: DeserializeOwned>(
        &self,
        operation: &'static str,
        document: &str,
        values: serde_json::Map<String, Value>,
    ) -> Result<Reply<T>, Error> {
        let body = json!({ "query": document, "variables": values });
        let call = Call { operation, path: String::new(), verb: Verb::Query(body) };
        let answer = self.call(&call).await?;
        let Envelope { data, errors, message } = answer.json::<Envelope<T>>(operation)?;
        let mut problems = errors.unwrap_or_default();
        if data.is_none() && problems.is_empty() {
            problems.push(Problem { kind: None, message, path: None, extensions: None });
        }
        let reply = Reply { data, problems, answer, operation };
        // A limit makes any nulls meaningless, also where the data looks whole.
        if let Some(limit) = reply.problems.iter().find(|p| p.class() == Class::Limit) {
            let error = reply.error(limit);
            if let Error::RateLimited { .. } = error {
                self.limited(&call, reply.limit(limit), &error);
            }
            return Err(error);
        }
        Ok(reply)
    }
}

/// Ordered by how much it explains when several errors came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Limit,
    Forbidden,
    TooMuch,
    Refused,
    Server,
    NotFound,
}

impl Problem {
    fn class(&self) -> Class {
        let message = self.message.as_deref().unwrap_or_default();
        match self.kind.as_deref() {
            Some("RATE_LIMITED" | "RATE_LIMIT") => Class::Limit,
            Some("NOT_FOUND") => Class::NotFound,
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Class::Forbidden,
            Some("RESOURCE_LIMITS_EXCEEDED" | "MAX_NODE_LIMIT_EXCEEDED") => Class::TooMuch,
            _ if message.to_ascii_lowercase().contains("secondary rate limit") => Class::Limit,
            _ if message.starts_with("Something went wrong while executing your query") => {
                Class::TooMuch
            }
            // A query that does not fit the schema has a code instead of a type.
            None if self.extensions.as_ref().is_some_and(|e| e["code"].is_string()) => {
                Class::Refused
            }
            _ => Class::Server,
        }
    }

    /// Whether it explains a null at `path`: it is about that place, something around it or in it.
    fn concerns(&self, path: &[&str]) -> bool {
        self.path.as_ref().is_none_or(|own| own.iter().zip(path).all(|(a, b)| a == b))
    }
}

impl<T> Reply<T> {
    /// The data, as far as it came, moved out.
    pub(super) fn take(&mut self) -> Option<T> {
        self.data.take()
    }

    /// Why something needed at `path` is not in the data.
    pub(super) fn missing(&self, path: &[&str]) -> Error {
        let any = || self.problems.iter().min_by_key(|p| p.class());
        match self.worst_at(path).or_else(any) {
            Some(problem) => self.error(problem),
            None => Error::NotFound {
                operation: self.operation,
                status: self.answer.status_with("null, without a reason"),
            },
        }
    }

    /// Why there is a null at `path`, unless it is because there is no such thing.
    pub(super) fn trouble_at(&self, path: &[&str]) -> Option<Error> {
        let worst = self.worst_at(path)?;
        (worst.class() != Class::NotFound).then(|| self.error(worst))
    }

    /// The same for what belongs to others: what the App may not see is as good as not there.
    pub(super) fn trouble_at_foreign(&self, path: &[&str]) -> Option<Error> {
        let worst = self.worst_at(path)?;
        let unseen = matches!(worst.class(), Class::NotFound | Class::Forbidden);
        (!unseen).then(|| self.error(worst))
    }

    fn worst_at(&self, path: &[&str]) -> Option<&Problem> {
        self.problems.iter().filter(|p| p.concerns(path)).min_by_key(|p| p.class())
    }

    fn limit(&self, problem: &Problem) -> rate::Hit {
        let message = problem.message.as_deref().unwrap_or_default();
        rate::hit(403, &self.answer.headers, message)
            .unwrap_or_else(|| rate::primary(&self.answer.headers))
    }

    fn error(&self, problem: &Problem) -> Error {
        let operation = self.operation;
        let status = self.answer.status_with(problem.message.as_deref().unwrap_or_default());
        match problem.class() {
            Class::Limit => {
                Error::RateLimited { operation, status, wait: self.limit(problem).wait }
            }
            Class::Forbidden => Error::Forbidden { operation, status },
            Class::TooMuch => Error::TooMuch { operation, status },
            Class::Refused => Error::Refused { operation, status },
            Class::Server => Error::Server { operation, status },
            Class::NotFound => Error::NotFound { operation, status },
        }
    }
}
