//! What can go wrong with a call, and whether it is worth another try.

use std::time::Duration;

/// How long a secondary limit is waited for when GitHub does not say.
/// <https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api>: "at least one minute".
pub(super) const SECONDARY_WAIT: Duration = Duration::from_secs(60);

/// GitHub's answer to a call that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The HTTP status. 200 for an error that GraphQL reports in its body.
    pub code: u16,
    /// GitHub's own words, at most 300 characters on one line.
    pub message: String,
    /// `x-github-request-id`: what GitHub's support asks for.
    pub request_id: Option<String>,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.message.is_empty() {
            write!(f, " “{}”", self.message)?;
        }
        if let Some(id) = &self.request_id {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

/// When a call is worth another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before a person has changed something.
    Never {
        /// What that is, for a log or a check's summary.
        reason: &'static str,
    },
    /// GitHub said when.
    After(Duration),
    /// Soon, then at growing intervals; the caller counts.
    Backoff,
}

/// A call to GitHub that gave no answer of use. The text is one sentence and holds no credential.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// 401, also with a fresh token.
    #[error("GitHub refused the App's credentials when asked to {operation}: {status}")]
    Unauthorized {
        /// What was asked for, as `read the pull request`.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// 403 for want of a permission, or because the installation is suspended.
    #[error("GitHub does not allow the App to {operation}: {status}")]
    Forbidden {
        /// What was asked for.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// 404, or GraphQL's `NOT_FOUND`. A webhook may arrive before the interface shows its data.
    #[error("GitHub found nothing when asked to {operation}: {status}")]
    NotFound {
        /// What was asked for.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// A primary or secondary limit.
    #[error("GitHub's rate limit keeps the App from being able to {operation}; it ends in {} s: {status}", wait.as_secs())]
    RateLimited {
        /// What was asked for.
        operation: &'static str,
        /// The answer (the earlier one, where this call was not sent because of it).
        status: Status,
        /// Until the limit ends.
        wait: Duration,
    },
    /// Any other 3xx or 4xx: the request itself is not accepted.
    #[error("GitHub did not accept the request to {operation}: {status}")]
    Refused {
        /// What was asked for.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// 5xx.
    #[error("GitHub failed to {operation}: {status}")]
    Server {
        /// What was asked for.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// No whole answer within the deadline.
    #[error("GitHub took longer than {} s to {operation}", limit.as_secs_f32())]
    Timeout {
        /// What was asked for.
        operation: &'static str,
        /// The deadline.
        limit: Duration,
    },
    /// The connection could not be made, or ended before the answer did.
    #[error("the connection to GitHub failed on the way to {operation}: {problem}")]
    Connection {
        /// What was asked for.
        operation: &'static str,
        /// What the network said.
        problem: String,
    },
    /// The answer is not what the interface promises (cut off, for example).
    #[error("GitHub's answer to the request to {operation} cannot be read: {problem}")]
    Malformed {
        /// What was asked for.
        operation: &'static str,
        /// Where it stops making sense.
        problem: String,
    },
    /// GraphQL could not do all of the query: too much was asked at once.
    #[error("GitHub gave up on the query to {operation}: {status}")]
    TooMuch {
        /// What was asked for.
        operation: &'static str,
        /// The answer.
        status: Status,
    },
    /// The client could not be set up on this machine.
    #[error("no request can be made to GitHub from this machine: {problem}")]
    Client {
        /// What is missing.
        problem: String,
    },
}

impl Error {
    /// Whether and when the call is worth another try.
    pub fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { wait, .. } => Retry::After(*wait),
            Self::Forbidden { .. } => Retry::Never {
                reason: "the App lacks a permission here, or its installation is suspended",
            },
            Self::Refused { .. } => {
                Retry::Never { reason: "GitHub does not accept the request as it is" }
            }
            Self::Client { .. } => {
                Retry::Never { reason: "the machine needs root certificates (ca-certificates)" }
            }
            // 401 too: a clock that is put right or a key that comes back needs no other change, and the
            // caller's count ends it.
            Self::Unauthorized { .. }
            | Self::NotFound { .. }
            | Self::Server { .. }
            | Self::Timeout { .. }
            | Self::Connection { .. }
            | Self::Malformed { .. }
            | Self::TooMuch { .. } => Retry::Backoff,
        }
    }

    /// What was asked for, as `read the pull request`.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Unauthorized { operation, .. }
            | Self::Forbidden { operation, .. }
            | Self::NotFound { operation, .. }
            | Self::RateLimited { operation, .. }
            | Self::Refused { operation, .. }
            | Self::Server { operation, .. }
            | Self::Timeout { operation, .. }
            | Self::Connection { operation, .. }
            | Self::Malformed { operation, .. }
            | Self::TooMuch { operation, .. } => operation,
            Self::Client { .. } => "set up the client",
        }
    }

    /// What went wrong in a word, for a counter's label.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Unauthorized { .. } => "unauthorized",
            Self::Forbidden { .. } => "forbidden",
            Self::NotFound { .. } => "not_found",
            Self::RateLimited { .. } => "rate_limited",
            Self::Refused { .. } => "refused",
            Self::Server { .. } => "server",
            Self::Timeout { .. } => "timeout",
            Self::Connection { .. } => "connection",
            Self::Malformed { .. } => "malformed",
            Self::TooMuch { .. } => "too_much",
            Self::Client { .. } => "client",
        }
    }

    /// GitHub's answer, where there was one.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Unauthorized { status, .. }
            | Self::Forbidden { status, .. }
            | Self::NotFound { status, .. }
            | Self::RateLimited { status, .. }
            | Self::Refused { status, .. }
            | Self::Server { status, .. }
            | Self::TooMuch { status, .. } => Some(status),
            Self::Timeout { .. }
            | Self::Connection { .. }
            | Self::Malformed { .. }
            | Self::Client { .. } => None,
        }
    }

    /// Whether a write may have been carried out although no answer says so.
    pub(super) fn leaves_doubt(&self) -> bool {
        matches!(
            self,
            Self::Server { .. }
                | Self::Timeout { .. }
                | Self::Connection { .. }
                | Self::Malformed { .. }
        )
    }
}
