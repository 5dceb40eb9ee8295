//! Small damage to a template: what typing mistakes and odd habits make of one.

use crate::random::Random;

const PIECES: [&str; 46] = [
    " ",
    "\n",
    "\r\n",
    "\t",
    "$",
    "#",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "'",
    "\"",
    "\\",
    "!",
    ".",
    ",",
    "-",
    "=",
    "..",
    "##",
    "#*",
    "*#",
    "#end",
    "#if(true)",
    "#else",
    "#set($a=1)",
    "$a",
    "${a}",
    "$!a",
    "#[[",
    "]]#",
    "1",
    "x",
    "$input.path('$')",
    "#foreach($i in [1,2])",
    "#{end}",
    ":",
    "|",
    "&&",
    "\\\\",
    "''",
    "\"\"",
    "  \n",
    "null",
];

/// A copy of `template` with one to three places damaged.
pub(crate) fn mutate(random: &mut Random, template: &str) -> String {
    let mut chars: Vec<char> = template.chars().collect();
    for _ in 0..1 + random.below(3) {
        let at = random.below(chars.len() + 1);
        let length = random.below(6).min(chars.len() - at);
        match random.below(6) {
            0 => drop(chars.drain(at..at + length)),
            1 => {
                let piece: Vec<char> = chars[at..at + length].to_vec();
                chars.splice(at..at, piece);
            }
            2 if at + 1 < chars.len() => chars.swap(at, at + 1),
            _ => {
                let piece = random.pick(&PIECES).chars();
                chars.splice(at..at, piece);
            }
        }
    }
    chars.into_iter().collect()
}
