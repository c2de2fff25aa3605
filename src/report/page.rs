//! A Markdown page of limited size: what fits is shown, what does not is counted and handed on.

/// The most that is taken up by a line that counts what was left out, in bytes.
const MORE: usize = 160;

/// How soon a list must be read: room goes to the first kind in all blocks, then to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Blocks the merge.
    Now,
    /// Should be read before the merge.
    Soon,
    /// Blocks a later step.
    Later,
    /// Said for completeness.
    Aside,
}

impl Urgency {
    const ALL: [Self; 4] = [Self::Now, Self::Soon, Self::Later, Self::Aside];
}

/// One list below a block's head.
#[derive(Debug, Clone)]
pub(super) struct List {
    /// Who gets room first.
    pub(super) urgency: Urgency,
    /// What stands before the entries, with its empty line.
    pub(super) open: String,
    /// The entries, each with the line feed at its end; may be none.
    pub(super) entries: Vec<String>,
    /// What stands behind them, with its line feeds.
    pub(super) close: String,
}

impl List {
    fn frame(&self) -> usize {
        self.open.len() + self.close.len() + MORE
    }
}

/// A part of the page: a head and its lists.
#[derive(Debug, Clone)]
pub(super) struct Block {
    /// Shown whole or, with the whole block, not at all.
    pub(super) head: String,
    /// The head on the page to which entries are handed on.
    pub(super) head_again: String,
    /// In the order in which they are shown.
    pub(super) lists: Vec<List>,
}

impl Block {
    fn frame(&self) -> usize {
        self.head.len() + self.lists.iter().map(List::frame).sum::<usize>()
    }
}

/// What a page says of things that it does not show.
pub(super) struct Words {
    /// The line that ends a list of which `n` entries are missing.
    pub(super) more_entries: fn(usize) -> String,
    /// The line that stands for `n` blocks that are missing.
    pub(super) more_blocks: fn(usize) -> String,
}

/// Writes as much of `blocks` as fits into `budget` bytes. What is left comes back as blocks for the
/// next page.
///
/// Room is given by urgency, and within one urgency to each list in turn, one entry at a time.
/// So one EP with 400 findings does not push another's only error off the page.
pub(super) fn fill(blocks: &[Block], budget: usize, words: &Words) -> (String, Vec<Block>) {
    let shown_blocks = whole_blocks(blocks, budget);
    let mut room = budget.saturating_sub(MORE);
    for block in &blocks[..shown_blocks] {
        room = room.saturating_sub(block.frame());
    }
    let shown = share(&blocks[..shown_blocks], room);

    let mut page = String::new();
    let mut rest = Vec::new();
    for (block, shown) in blocks.iter().zip(&shown) {
        page.push_str(&block.head);
        let mut left = Vec::new();
        for (list, &count) in block.lists.iter().zip(shown) {
            page.push_str(&list.open);
            page.extend(list.entries[..count].iter().map(String::as_str));
            let missing = &list.entries[count..];
            if !missing.is_empty() {
                page.push_str(&(words.more_entries)(missing.len()));
                left.push(List { entries: missing.to_vec(), ..list.clone() });
            }
            page.push_str(&list.close);
        }
        if !left.is_empty() {
            let head = block.head_again.clone();
            rest.push(Block { head_again: head.clone(), head, lists: left });
        }
    }
    let missing = &blocks[shown_blocks..];
    if !missing.is_empty() {
        page.push_str(&(words.more_blocks)(missing.len()));
        rest.extend(missing.iter().cloned());
    }
    (page, rest)
}

/// How many blocks are shown: all whose frames fit. When not all do, frames take at most half of the
/// page, so that entries have the other half.
fn whole_blocks(blocks: &[Block], budget: usize) -> usize {
    let total: usize = blocks.iter().map(Block::frame).sum();
    let limit = if total + MORE <= budget / 2 { budget } else { budget / 2 };
    let mut used = MORE;
    blocks
        .iter()
        .take_while(|block| {
            used += block.frame();
            used <= limit
        })
        .count()
}

/// How many entries of each block's each list are shown within `room` bytes.
fn share(blocks: &[Block], mut room: usize) -> Vec<Vec<usize>> {
    let mut shown: Vec<Vec<usize>> = blocks.iter().map(|b| vec![0; b.lists.len()]).collect();
    for urgency in Urgency::ALL {
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (at, block) in blocks.iter().enumerate() {
            let lists = block.lists.iter().enumerate().filter(|(_, l)| l.urgency == urgency);
            open.extend(lists.map(|(list, _)| (at, list)));
        }
        while !open.is_empty() {
            open.retain(|&(at, list)| {
                let count = &mut shown[at][list];
                let Some(entry) = blocks[at].lists[list].entries.get(*count) else { return false };
                let fits = entry.len() <= room;
                if fits {
                    room -= entry.len();
                    *count += 1;
                }
                fits
            });
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: Words = Words {
        more_entries: |n| format!("and {n} more\n"),
        more_blocks: |n| format!("and {n} more EPs\n"),
    };

    fn block(name: &str, lists: &[usize]) -> Block {
        let lists = lists
            .iter()
            .zip(Urgency::ALL)
            .map(|(&count, urgency)| List {
                urgency,
                open: "[".to_owned(),
                entries: (0..count).map(|n| format!("{name}{n:03}\n")).collect(),
                close: "]".to_owned(),
            })
            .collect();
        Block { head: format!("{name}\n"), head_again: format!("{name} again\n"), lists }
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let (page, rest) = fill(&[block("a", &[2])], 1_000, &WORDS);
        assert_eq!(page, "a\n[a000\na001\n]");
        assert!(rest.is_empty());
    }

    #[test]
    fn a_long_list_does_not_push_off_a_short_one() {
        let blocks = [block("a", &[400, 1]), block("b", &[1])];
        let (page, rest) = fill(&blocks, 2_000, &WORDS);
        assert!(page.contains("b000"), "{page}");
        assert!(page.len() <= 2_000);
        assert_eq!(rest.len(), 1);
        assert_eq!(rest[0].head, "a again\n");
    }

    #[test]
    fn nothing_is_lost_over_pages() {
        let blocks: Vec<Block> = (0..60).map(|n| block(&format!("b{n:02}-"), &[9, 3])).collect();
        let mut pages = String::new();
        let mut rest = blocks;
        for _ in 0..200 {
            let (page, next) = fill(&rest, 1_500, &WORDS);
            assert!(page.len() <= 1_500, "{} bytes", page.len());
            pages.push_str(&page);
            rest = next;
            if rest.is_empty() {
                break;
            }
        }
        assert!(rest.is_empty());
        for n in 0..60 {
            for entry in 0..9 {
                assert!(pages.contains(&format!("b{n:02}-{entry:03}\n")));
            }
        }
    }

    #[test]
    fn what_is_missing_is_counted() {
        let (page, rest) = fill(&[block("a", &[400])], 1_000, &WORDS);
        let left = rest[0].lists[0].entries.len();
        assert!(page.contains(&format!("and {left} more\n")), "{page}");
        assert_eq!(page.matches("\na").count() + usize::from(page.contains("[a")) - 1, 400 - left);
    }
}
