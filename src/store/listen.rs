//! Wakes the workers of this replica when another one has put something on the worklist.
//!
//! A bell that is missed costs time, not work: the workers look by themselves now and then.

use std::sync::Arc;
use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::Notify;

/// Where replicas ring.
pub(super) const CHANNEL: &str = "ep_bot_due";

/// The pause after the connection broke, doubled each time.
const SHORTEST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// After so long a silence the server is asked whether it is still there: a connection that a firewall has
/// forgotten looks like a quiet one.
const SILENCE: Duration = Duration::from_secs(60);
const ANSWER: Duration = Duration::from_secs(5);

/// Listens until the pool is closed or the task is dropped.
pub(super) async fn listen(pool: PgPool, bell: Arc<Notify>) {
    let mut pause = SHORTEST_PAUSE;
    while !pool.is_closed() {
        let started = tokio::time::Instant::now();
        let Err(error) = hear(&pool, &bell).await;
        if pool.is_closed() {
            return;
        }
        // A connection that held for a while was a good one.
        if started.elapsed() > LONGEST_PAUSE {
            pause = SHORTEST_PAUSE;
        }
        tracing::warn!(%error, "not told of new work by other replicas; looks for it instead");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn hear(pool: &PgPool, bell: &Notify) -> Result<std::convert::Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    // The pause and the bell after it are ours, not the listener's.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    // Whatever rang before nobody heard.
    bell.notify_one();
    loop {
        if let Ok(heard) = tokio::time::timeout(SILENCE, listener.try_recv()).await {
            bell.notify_one();
            if heard?.is_none() {
                return Err(sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into()));
            }
        } else {
            let asked = sqlx::query("SELECT 1").execute(&mut listener);
            tokio::time::timeout(ANSWER, asked).await.map_err(|_| sqlx::Error::PoolTimedOut)??;
        }
    }
}
