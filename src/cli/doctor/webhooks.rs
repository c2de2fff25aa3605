//! Where GitHub sends webhooks, and whether they arrive.

use std::collections::BTreeSet;

use super::line::{Line, ok, problem, warning};
use crate::github::{GitHub, HookConfig, Registered, SentDelivery};
use crate::web::WEBHOOK_PATH;

pub(super) async fn look(
    github: &GitHub,
    app: &Registered,
    public_url: Option<&str>,
    lines: &mut Vec<Line>,
) {
    let page = app.settings_url();
    match github.hook_config().await {
        Ok(config) => lines.push(settings(&config, public_url, &page)),
        Err(error) => {
            lines.push(problem("webhook", error.to_string(), "run `ep-bot doctor` again"));
        }
    }
    match github.deliveries(None).await {
        Ok(last) => lines.push(arrivals(&last.deliveries, &page)),
        Err(error) => {
            lines.push(problem("deliveries", error.to_string(), "run `ep-bot doctor` again"));
        }
    }
}

fn settings(config: &HookConfig, public_url: Option<&str>, page: &str) -> Line {
    let HookConfig { url, content_type, insecure_ssl } = config;
    let example = public_url.unwrap_or("https://YOUR-HOST");
    let Some(url) = url else {
        let next =
            format!("{page}, Webhook: tick Active, and set Webhook URL to {example}{WEBHOOK_PATH}");
        return problem("webhook", "the App has no webhook: the bot hears of nothing", next);
    };
    if content_type != "json" {
        let next = format!("{page}, Webhook: set Content type to application/json");
        return problem("webhook", format!("GitHub sends {content_type}s, not JSON"), next);
    }
    let wanted = public_url.map(|public_url| format!("{public_url}{WEBHOOK_PATH}"));
    if let Some(wanted) = wanted.filter(|wanted| wanted != url) {
        let said = format!("GitHub sends to {url}, and EP_BOT_PUBLIC_URL says {example}");
        return problem("webhook", said, format!("{page}: set Webhook URL to {wanted}"));
    }
    if !url.ends_with(WEBHOOK_PATH) {
        let said = format!("GitHub sends to {url}, which does not end in {WEBHOOK_PATH}");
        let next = format!(
            "{page}: set Webhook URL to {example}{WEBHOOK_PATH}, unless a proxy changes the path"
        );
        return warning("webhook", said, next);
    }
    let is_plain = url.starts_with("http://")
        && !["http://127.", "http://localhost", "http://[::1]"].iter().any(|l| url.starts_with(l));
    if *insecure_ssl || is_plain {
        let said = format!("GitHub sends to {url} without looking at a certificate");
        let next = format!("{page}, Webhook: use https:// and Enable SSL verification");
        return warning("webhook", said, next);
    }
    ok("webhook", format!("sent to {url}"))
}

/// `sent`: the last attempts, the newest first.
fn arrivals(sent: &[SentDelivery], page: &str) -> Line {
    let Some(newest) = sent.first() else {
        let said = "GitHub lists no webhook that it sent in the last three days";
        let next = format!(
            "push to an open pull request, then look at {page}/advanced: if nothing is listed there either, Webhook is \
             not Active or no repository is installed"
        );
        return warning("deliveries", said, next);
    };
    // What failed and then arrived is not lost.
    let arrived: BTreeSet<&str> =
        sent.iter().filter(|one| one.arrived()).map(|one| one.guid.as_str()).collect();
    let lost: Vec<&SentDelivery> =
        sent.iter().filter(|one| !arrived.contains(one.guid.as_str())).collect();
    let guids: BTreeSet<&str> = sent.iter().map(|one| one.guid.as_str()).collect();
    let failed: BTreeSet<&str> = lost.iter().map(|one| one.guid.as_str()).collect();
    let Some(last) = lost.first() else {
        let said =
            format!("the last {} arrived, the newest at {}", guids.len(), newest.delivered_at);
        return ok("deliveries", said);
    };
    let status = match last.status_code {
        0 => format!("no answer ({})", last.status),
        code => format!("{code} ({})", last.status),
    };
    let said = format!(
        "{} of the last {} did not arrive; the newest of these is {} at {}: {status}",
        failed.len(),
        guids.len(),
        last.event,
        last.delivered_at,
    );
    let next = format!("{}; then {page}/advanced: Redeliver", remedy(last.status_code));
    // Whether it goes on shows at the newest.
    if newest.arrived() {
        warning("deliveries", said, next)
    } else {
        problem("deliveries", said, next)
    }
}

fn remedy(status_code: u16) -> &'static str {
    match status_code {
        401 => "make Webhook secret on the App's page and GITHUB_WEBHOOK_SECRET the same",
        404 | 405 => {
            "let the Webhook URL end in /api/github/webhooks, and the proxy leave the path alone"
        }
        413 => "let the proxy in front take bodies of 25 MB",
        415 => "set the webhook's Content type to application/json",
        503 => "see that the bot's database can be written to: its log says what is wrong",
        _ => {
            "see that the bot runs, and that GitHub reaches it: address, firewall, proxy, certificate"
        }
    }
}
