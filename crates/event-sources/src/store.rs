//! The mappings of all regions, and what their pollers may change of them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::mapping::{Function, Mapping, Settings, Source, Start, State};

/// What a mapping's task is to do.
#[derive(Clone)]
pub(crate) enum Goal {
    Poll(Arc<Plan>),
    Rest,
    End,
}

/// What a poller needs to know of its mapping.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) uuid: String,
    pub(crate) source: Source,
    pub(crate) function: Function,
    pub(crate) start: Option<Start>,
    pub(crate) settings: Settings,
}

/// A mapping and the way to its task.
pub(crate) struct Entry {
    pub(crate) region: String,
    pub(crate) mapping: Mapping,
    pub(crate) goal: watch::Sender<Goal>,
    pub(crate) task: Option<AbortHandle>,
}

impl Entry {
    /// Tells the task what the mapping now is.
    pub(crate) fn announce(&self) {
        self.goal.send_replace(goal(&self.mapping));
    }
}

/// What the task of a mapping is to do.
pub(crate) fn goal(mapping: &Mapping) -> Goal {
    if !mapping.enabled {
        return Goal::Rest;
    }
    Goal::Poll(Arc::new(Plan {
        uuid: mapping.uuid.clone(),
        source: mapping.source.clone(),
        function: mapping.function.clone(),
        start: mapping.start,
        settings: mapping.settings.clone(),
    }))
}

type Entries = BTreeMap<String, Entry>;

/// Every mapping, by its UUID. Clones share everything.
#[derive(Clone, Default)]
pub(crate) struct Store {
    entries: Arc<Mutex<Entries>>,
}

impl Store {
    /// A panic elsewhere leaves the entries whole: each change is one step.
    pub(crate) fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets every mapping and ends its task where it stands.
    pub(crate) fn clear(&self) {
        for (_, entry) in std::mem::take(&mut *self.entries()) {
            if let Some(task) = entry.task {
                task.abort();
            }
        }
    }
}

/// What a poller says of its mapping.
#[derive(Clone)]
pub(crate) struct Status {
    pub(crate) store: Store,
    pub(crate) uuid: String,
}

impl Status {
    /// That the task does what it was told, unless it has been told something else since.
    pub(crate) fn reached(&self, state: State, goal: &watch::Receiver<Goal>) {
        self.change(|mapping| {
            if !goal.has_changed().unwrap_or(true) {
                mapping.state = state;
            }
        });
    }

    /// That a batch was processed.
    pub(crate) fn succeeded(&self) {
        self.change(|mapping| {
            mapping.last_result = mapping.source.kind.is_stream().then(|| "OK".to_owned());
        });
    }

    /// What is in the way. True if that is news.
    pub(crate) fn problem(&self, problem: &str) -> bool {
        let problem = Some(format!("PROBLEM: {problem}"));
        let mut is_news = false;
        self.change(|mapping| {
            is_news = mapping.last_result != problem;
            mapping.last_result = problem;
        });
        is_news
    }

    /// That the task has ended.
    pub(crate) fn gone(&self) {
        self.store.entries().remove(&self.uuid);
    }

    fn change(&self, act: impl FnOnce(&mut Mapping)) {
        if let Some(entry) = self.store.entries().get_mut(&self.uuid) {
            act(&mut entry.mapping);
        }
    }
}
