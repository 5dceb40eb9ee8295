//! Which resource a path means.
//!
//! At every segment a literal goes before `{name}` and that before `{name+}`. The most specific
//! resource counts; only if it lacks the HTTP method, a greedy resource that has it takes the
//! request. Resources without any method do not exist for clients.

use std::collections::HashMap;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

/// A path parameter of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathParameter {
    pub(super) name: Arc<str>,
    /// As it was sent, which is what functions and endpoints get.
    pub(super) raw: Arc<str>,
    /// Percent-decoded, which is what templates get.
    pub(super) decoded: Arc<str>,
}

/// A resource that a path matches.
#[derive(Debug)]
pub(super) struct Match {
    /// The number under which the resource was added.
    pub(super) resource: usize,
    is_greedy: bool,
    pub(super) parameters: Vec<PathParameter>,
}

/// The resources of an API by path.
#[derive(Debug, Default)]
pub(super) struct Routes {
    root: Node,
}

#[derive(Debug, Default)]
struct Node {
    resource: Option<usize>,
    literals: HashMap<String, Node>,
    parameter: Option<(Arc<str>, Box<Node>)>,
    greedy: Option<(Arc<str>, usize)>,
}

impl Routes {
    /// Adds a resource by its path, such as `/pets/{id}` or `/{proxy+}`.
    pub(super) fn add(&mut self, path: &str, resource: usize) {
        let mut node = &mut self.root;
        for segment in segments(path) {
            let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            node = match name {
                Some(name) => match name.strip_suffix('+') {
                    Some(name) => {
                        node.greedy = Some((Arc::from(name), resource));
                        return;
                    }
                    None => {
                        let new = || (Arc::from(name), Box::default());
                        &mut node.parameter.get_or_insert_with(new).1
                    }
                },
                None => node.literals.entry(segment.to_owned()).or_default(),
            };
        }
        node.resource = Some(resource);
    }

    /// The resource that answers a path, if one `takes` the request's method.
    pub(super) fn find(&self, path: &str, takes: impl Fn(usize) -> bool) -> Option<Match> {
        let mut matches = Vec::new();
        let segments: Vec<&str> = segments(path).collect();
        self.root.walk(&segments, &mut Vec::new(), &mut matches);
        let chosen = matches
            .iter()
            .enumerate()
            .find(|(at, found)| (*at == 0 || found.is_greedy) && takes(found.resource))?
            .0;
        Some(matches.swap_remove(chosen))
    }
}

impl Node {
    /// Collects what matches, the most specific first.
    fn walk(&self, rest: &[&str], parameters: &mut Vec<PathParameter>, matches: &mut Vec<Match>) {
        let Some((segment, behind)) = rest.split_first() else {
            matches.extend(self.resource.map(|resource| Match {
                resource,
                is_greedy: false,
                parameters: parameters.clone(),
            }));
            return;
        };
        if let Some(node) = self.literals.get(&*decode(segment)) {
            node.walk(behind, parameters, matches);
        }
        if let Some((name, node)) = self.parameter.as_ref().filter(|_| !segment.is_empty()) {
            parameters.push(PathParameter::new(name, segment));
            node.walk(behind, parameters, matches);
            parameters.pop();
        }
        if let Some((name, resource)) = &self.greedy {
            let mut parameters = parameters.clone();
            parameters.push(PathParameter::new(name, &rest.join("/")));
            matches.push(Match { resource: *resource, is_greedy: true, parameters });
        }
    }
}

impl PathParameter {
    fn new(name: &Arc<str>, raw: &str) -> Self {
        Self { name: Arc::clone(name), raw: Arc::from(raw), decoded: Arc::from(decode(raw)) }
    }
}

/// Slashes in front and at the end do not count.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_matches('/');
    path.split('/').filter(move |_| !path.is_empty())
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
