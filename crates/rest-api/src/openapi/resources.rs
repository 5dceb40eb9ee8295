//! The tree of resources that paths make.
//!
//! Every segment of a path is a resource, whether or not it has methods.

use std::collections::BTreeMap;

use super::ids::Ids;
use super::node::{LONGEST_STEP, shortened};
use super::report::Report;
use crate::model::{Method, Resource};
use crate::rules::names::{PATH_PART, check_path_part, is_variable};

/// AWS's quota of resources in one API, which no single path can exceed.
const MOST_PARTS: usize = 300;

/// Resources by path, while they are being made.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    resources: BTreeMap<String, Resource>,
    /// The child that stands for any segment, by the parent's path.
    variables: BTreeMap<String, String>,
    ids: &'a Ids,
    report: &'a Report,
}

impl<'a> Tree<'a> {
    /// A tree with what is `kept`, and at least the root.
    pub(super) fn new(
        kept: impl Iterator<Item = Resource>,
        ids: &'a Ids,
        report: &'a Report,
    ) -> Self {
        let mut resources: BTreeMap<_, _> = kept.map(|it| (it.path.clone(), it)).collect();
        resources.entry("/".to_owned()).or_insert_with(|| Resource {
            id: ids.resource("/"),
            path: "/".to_owned(),
            ..Resource::default()
        });
        let mut tree = Self { resources: BTreeMap::new(), variables: BTreeMap::new(), ids, report };
        resources.into_values().for_each(|resource| tree.insert(resource));
        tree
    }

    /// Adds the methods of a path; one that is there already is replaced.
    pub(super) fn add(&mut self, path: &str, methods: BTreeMap<String, Method>) {
        if let Err(reason) = self.try_add(path, methods) {
            let path = shortened(path, 10 * LONGEST_STEP);
            self.report.error(format!("Unable to create resource at path '{path}': {reason}"));
        }
    }

    pub(super) fn root_id(&self) -> String {
        self.resources.get("/").map(|root| root.id.clone()).unwrap_or_default()
    }

    /// All resources by id.
    pub(super) fn finish(self) -> BTreeMap<String, Resource> {
        self.resources.into_values().map(|resource| (resource.id.clone(), resource)).collect()
    }

    fn try_add(&mut self, path: &str, methods: BTreeMap<String, Method>) -> Result<(), String> {
        let Some(below_root) = path.strip_prefix('/') else {
            return Err("A path must begin with '/'".to_owned());
        };
        if path.split('/').count() > MOST_PARTS {
            return Err(format!("A path must have at most {MOST_PARTS} parts"));
        }
        let mut at = "/".to_owned();
        let below_root = below_root.strip_suffix('/').unwrap_or(below_root);
        for part in below_root.split('/').filter(|_| !below_root.is_empty()) {
            at = self.child(&at, part)?;
        }
        if let Some(resource) = self.resources.get_mut(&at) {
            for (http_method, mut method) in methods {
                if let Some(integration) = &mut method.method_integration
                    && integration.cache_namespace.is_empty()
                {
                    integration.cache_namespace = resource.id.clone();
                }
                resource.resource_methods.insert(http_method, method);
            }
        }
        Ok(())
    }

    /// The path of a child, which is made if it is not there.
    fn child(&mut self, parent: &str, part: &str) -> Result<String, String> {
        let path = if parent == "/" { format!("/{part}") } else { format!("{parent}/{part}") };
        if self.resources.contains_key(&path) {
            return Ok(path);
        }
        let Some(parent) = self.resources.get(parent) else { return Err(PATH_PART.to_owned()) };
        let sibling = self.variables.get(parent.path.trim_end_matches('/'));
        check_path_part(part, parent.path_part.as_deref(), sibling.map(String::as_str))?;
        self.insert(Resource {
            id: self.ids.resource(&path),
            parent_id: Some(parent.id.clone()),
            path_part: Some(part.to_owned()),
            path: path.clone(),
            resource_methods: BTreeMap::new(),
        });
        Ok(path)
    }

    fn insert(&mut self, resource: Resource) {
        let part = resource.path_part.as_ref().filter(|part| is_variable(part));
        if let (Some(part), Some((parent, _))) = (part, resource.path.rsplit_once('/')) {
            self.variables.insert(parent.to_owned(), part.clone());
        }
        self.resources.insert(resource.path.clone(), resource);
    }
}
