//! Paths of requests: the first segment often says whom the rest is for.

/// The first segment of a path, without the one slash in front, and the rest with its slash.
pub(crate) fn first_segment(path: &str) -> (&str, &str) {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split_at(path.find('/').unwrap_or(path.len()))
}

#[cfg(test)]
mod tests {
    use super::first_segment;

    #[test]
    fn one_slash_in_front_belongs_to_the_first_segment() {
        for (path, expected) in [
            ("/live/pets", ("live", "/pets")),
            ("live/pets", ("live", "/pets")),
            ("/live", ("live", "")),
            ("//live/pets", ("", "/live/pets")),
            ("/live//pets", ("live", "//pets")),
            ("", ("", "")),
        ] {
            assert_eq!(first_segment(path), expected, "{path}");
        }
    }
}
