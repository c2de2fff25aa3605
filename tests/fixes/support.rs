//! A small template, and an EP held against it.

use ep_bot::proposal::{Shape, Template};
use ep_bot::review::fix::{Mended, apply_all};
use ep_bot::review::{Candidate, Policy, Rulebook};

pub(crate) const TEMPLATE: &str = "\
# EP-0000: Template

<!-- toc -->
- [Status](#status)
- [Tasks](#tasks)
- [Summary](#summary)
- [Motivation](#motivation)
  - [Goals](#goals)
  - [Non-Goals](#non-goals)
- [Production Readiness Review Questionnaire](#production-readiness-review-questionnaire)
  - [Rollout](#rollout)
<!-- /toc -->

## Status

**status here**

## Tasks

<!-- Keep every item. -->

- [ ] What is the timeline?
- [ ] Who will own it?
- [ ] How is it watched?

## Summary

<!-- What changes, and for whom? -->

## Motivation

<!-- Why now? -->

### Goals

<!--
What will be true
when it is done?
-->

### Non-Goals

## Production Readiness Review Questionnaire

### Rollout

<!-- From implemented on. -->

#### How can it fail?

<!-- Think of the neighbours. -->

- sample line

#### Which metrics tell?

#### Which signals are there?

<!-- Tick one. -->

- [ ] Metrics
  - Name:
";

/// An EP without fault against [`TEMPLATE`].
pub(crate) const GOOD: &str = "\
# EP-0042: Ship menu

<!-- toc -->
- [Status](#status)
- [Tasks](#tasks)
- [Summary](#summary)
- [Motivation](#motivation)
  - [Goals](#goals)
  - [Non-Goals](#non-goals)
- [Production Readiness Review Questionnaire](#production-readiness-review-questionnaire)
  - [Rollout](#rollout)
<!-- /toc -->

## Status

**staged**

## Tasks

- [x] What is the timeline? Spring.
- [x] Who will own it? Dining.
- [x] How is it watched? Prometheus.

## Summary

Menus are kept on the ship.

## Motivation

The link is slow.

### Goals

A menu opens in a second.

### Non-Goals

Orders.

## Production Readiness Review Questionnaire

### Rollout

#### How can it fail?

The cache is stale.

#### Which metrics tell?

`menu_age_seconds`

#### Which signals are there?

- [x] Metrics
  - Name: `menu_errors_total`
";

pub(crate) const PATH: &str = "eps/EP-0042-x.md";

pub(crate) fn mend_with(template: &str, text: &str) -> Mended {
    let template = Template::parse(template, &Shape::default());
    let policy = Policy::default();
    apply_all(&Candidate::new(PATH, text.as_bytes()), &Rulebook::new(&template, &policy))
}

pub(crate) fn mend(text: &str) -> Mended {
    mend_with(TEMPLATE, text)
}

/// [`GOOD`] with one piece replaced.
pub(crate) fn good_with(old: &str, new: &str) -> String {
    assert_eq!(GOOD.matches(old).count(), 1, "{old:?}");
    GOOD.replace(old, new)
}

/// Mends a text, and the same as a Windows file with a byte order mark and without a last line ending, and compares
/// all bytes. A second run changes nothing.
#[track_caller]
pub(crate) fn assert_mended(before: &str, after: &str) {
    assert_variant(before, after);
    let windows = |text: &str| {
        let text = text.strip_suffix('\n').unwrap_or(text);
        format!("\u{feff}{}", text.replace('\n', "\r\n"))
    };
    assert_variant(&windows(before), &windows(after));
}

#[track_caller]
fn assert_variant(before: &str, after: &str) {
    let mended = mend(before);
    if mended.text != after {
        let diff = similar::TextDiff::from_lines(after, &mended.text);
        panic!("expected → mended:\n{}{:#?}", diff.unified_diff(), done(&mended));
    }
    let again = mend(&mended.text);
    assert_eq!(again.text, mended.text, "a second run");
    assert_eq!(done(&again), Vec::<&str>::new(), "a second run");
}

fn done(mended: &Mended) -> Vec<&str> {
    mended.done.iter().map(|mend| mend.description.as_str()).collect()
}

/// Nothing is mended.
#[track_caller]
pub(crate) fn assert_left(text: &str) {
    let mended = mend(text);
    assert_eq!(done(&mended), Vec::<&str>::new());
    assert_eq!(mended.text, text);
}
