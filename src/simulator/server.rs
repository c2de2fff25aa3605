//! Serves HTTP on loopback: reads a call, plays its fault, hands it to the state, writes the answer.

use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::body::AnswerBody;
use super::exchange::{self, Asked};
use super::faults::{self, Fault};
use super::rest::Answer;
use super::state::World;

/// A larger body is refused.
const BODY_LIMIT_BYTES: usize = 25 * 1024 * 1024;

/// The state, for whoever needs it.
#[derive(Debug)]
pub(crate) struct Shared {
    world: Mutex<World>,
    pub(crate) stop: CancellationToken,
}

impl Shared {
    pub(crate) fn new(world: World) -> Self {
        Self { world: Mutex::new(world), stop: CancellationToken::new() }
    }

    /// The lock is never held across an await.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        // A panic in a test that holds the lock leaves plain data: still good to look at.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("dropped on demand")]
struct Dropped;

impl From<Infallible> for Dropped {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Takes connections until it is told to stop.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shared.stop.cancelled() => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely: give others time to close theirs.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tasks.spawn(async move {
            let stop = shared.stop.clone();
            let service = service_fn(move |request| {
                let shared = Arc::clone(&shared);
                async move { answer(&shared, request).await }
            });
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::select! {
                // A caller that goes away, or is dropped on demand, is no failure of ours.
                _ = connection => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

async fn answer(
    shared: &Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<AnswerBody>, Dropped> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_LIMIT_BYTES).collect().await else {
        return Ok(write(&Answer::error(413, "Payload too large")));
    };
    let asked = Asked::new(&head, &body.to_bytes());
    let (number, fault) = {
        let mut world = shared.lock();
        let number = exchange::record(&mut world, &asked);
        let fault = world.faults.take(&asked.met());
        if let (Some(fault), Some(entry)) = (&fault, world.log.get_mut(number)) {
            entry.fault = Some(format!("{fault:?}"));
        }
        (number, fault)
    };
    match &fault {
        Some(Fault::Delay(time)) => tokio::time::sleep(*time).await,
        Some(Fault::Hold(gate)) => gate.pass().await,
        Some(Fault::Hang) => shared.stop.cancelled().await,
        _ => {}
    }
    match fault {
        Some(Fault::Hang | Fault::DropBefore) => return Err(Dropped),
        Some(Fault::Answer { status, headers, body }) => {
            if let Some(entry) = shared.lock().log.get_mut(number) {
                entry.status = Some(status);
            }
            return Ok(respond(status, &headers, AnswerBody::whole(body)));
        }
        _ => {}
    }
    let answer = {
        let mut world = shared.lock();
        let mut answer = exchange::respond(&mut world, &asked, number);
        if let (Some(Fault::GraphqlNulls(paths)), Some(body)) = (&fault, &mut answer.body) {
            faults::null_out(body, paths);
        }
        if let Some(entry) = world.log.get_mut(number) {
            exchange::note(entry, &answer, &asked);
        }
        let date = world.clock.wall().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        answer.header("date", date)
    };
    Ok(match fault {
        Some(Fault::DropAfter) => return Err(Dropped),
        Some(Fault::Truncated) => {
            let bytes = bytes(&answer);
            let half = bytes.slice(..bytes.len() / 2);
            let end = io::Error::new(io::ErrorKind::ConnectionReset, Dropped);
            let body = pieces(vec![Ok(half), Err(end)], Duration::ZERO);
            respond(answer.status, &answer.headers, body)
        }
        Some(Fault::Malformed) => {
            let bytes = bytes(&answer);
            let half = bytes.slice(..bytes.len() / 2);
            respond(answer.status, &answer.headers, AnswerBody::whole(half))
        }
        Some(Fault::Slow { pieces: count, pause }) => {
            let bytes = bytes(&answer);
            let size = bytes.len().div_ceil(count.max(1)).max(1);
            let parts = (0..bytes.len().div_ceil(size))
                .map(|i| Ok(bytes.slice(i * size..bytes.len().min((i + 1) * size))))
                .collect();
            respond(answer.status, &answer.headers, pieces(parts, pause))
        }
        _ => write(&answer),
    })
}

/// A body that comes piece by piece.
fn pieces(parts: Vec<io::Result<Bytes>>, pause: Duration) -> AnswerBody {
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(async move {
        for part in parts {
            tokio::time::sleep(pause).await;
            if send.send(part).await.is_err() {
                return;
            }
        }
    });
    AnswerBody::Pieces(receive)
}

fn bytes(answer: &Answer) -> Bytes {
    answer.body.as_ref().map(|body| Bytes::from(body.to_string())).unwrap_or_default()
}

fn write(answer: &Answer) -> Response<AnswerBody> {
    respond(answer.status, &answer.headers, AnswerBody::whole(bytes(answer)))
}

fn respond(status: u16, headers: &[(String, String)], body: AnswerBody) -> Response<AnswerBody> {
    let mut response = Response::builder().status(status);
    if !headers.iter().any(|(name, _)| name == "content-type") {
        response = response.header("content-type", "application/json; charset=utf-8");
    }
    if !headers.iter().any(|(name, _)| name == "x-github-request-id") {
        response = response.header("x-github-request-id", format!("{:016X}", fastrand::u64(..)));
    }
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(body).unwrap_or_else(|_| {
        let mut refused = Response::new(AnswerBody::whole("a header on demand is not valid"));
        *refused.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
        refused
    })
}
