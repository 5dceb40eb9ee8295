//! How much of a usage plan each API key has used: counted by the data plane, shown and changed by
//! the control plane.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::model::{QuotaSettings, ThrottleSettings};

/// Tells which usage plan an API key may use a stage with, at this moment.
pub(crate) trait Subscriptions: fmt::Debug + Send + Sync {
    /// None if there is no such key, it is not enabled, or no plan of its covers the stage.
    fn find(&self, region: &str, api_id: &str, stage: &str, key: &str) -> Option<Subscription>;
}

/// An API key in a usage plan that covers a stage.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) key_id: String,
    pub(crate) plan_id: String,
    /// Of all that the key calls with the plan.
    pub(crate) throttle: Option<ThrottleSettings>,
    /// Of the stage's methods, by `/path/METHOD`.
    pub(crate) method_throttles: BTreeMap<String, ThrottleSettings>,
    pub(crate) quota: Option<QuotaSettings>,
    pub(crate) meter: Arc<Meter>,
}

/// The meters of all keys with all plans, by the ids of plan and key.
#[derive(Debug, Default)]
pub(crate) struct Meters(BTreeMap<(String, String), Arc<Meter>>);

impl Meters {
    /// What counts the requests of a key with a plan.
    pub(crate) fn of(&mut self, plan_id: &str, key_id: &str) -> Arc<Meter> {
        Arc::clone(self.0.entry((plan_id.to_owned(), key_id.to_owned())).or_default())
    }

    /// Forgets what was used of a plan.
    pub(crate) fn forget(&mut self, plan_id: &str) {
        self.0.retain(|(plan, _), _| plan != plan_id);
    }
}

/// Counts the requests of one key with one plan.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    /// The first day of the period that is counted.
    period: Option<Date>,
    /// In the period.
    used: i64,
    /// What was granted for the period besides the quota's limit.
    extension: i64,
    days: BTreeMap<Date, Day>,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    used: i64,
    /// Of the quota, after the day's last request.
    remaining: i64,
}

impl Meter {
    /// Counts a request, if the quota leaves room for one.
    pub(crate) fn take(&self, quota: Option<&QuotaSettings>, now: Timestamp) -> bool {
        let mut counts = self.counts();
        let today = day(now);
        let remaining = counts.remaining(quota, today);
        if quota.is_some() && remaining < 1 {
            return false;
        }
        counts.used += 1;
        let day = counts.days.entry(today).or_insert(Day { used: 0, remaining: 0 });
        *day = Day { used: day.used + 1, remaining: (remaining - 1).max(0) };
        true
    }

    /// Changes what remains of the current period.
    pub(crate) fn set_remaining(&self, remaining: i64, quota: &QuotaSettings, now: Timestamp) {
        let mut counts = self.counts();
        let today = day(now);
        counts.extension += remaining - counts.remaining(Some(quota), today);
        let used = counts.days.get(&today).map_or(0, |day| day.used);
        counts.days.insert(today, Day { used, remaining });
    }

    /// What was used and what remained, for each day.
    pub(crate) fn report(
        &self,
        quota: Option<&QuotaSettings>,
        first: Date,
        last: Date,
    ) -> Vec<[i64; 2]> {
        let counts = self.counts();
        let days = first.series(1.day()).take_while(|day| *day <= last);
        days.map(|day| match counts.days.get(&day) {
            Some(day) => [day.used, day.remaining],
            None => [0, quota.map_or(0, |quota| counts.remaining_on(quota, day))],
        })
        .collect()
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// What remains of the quota today; nothing if there is none.
    fn remaining(&mut self, quota: Option<&QuotaSettings>, today: Date) -> i64 {
        let Some(quota) = quota else { return 0 };
        let period = period_start(quota, today);
        if self.period != Some(period) {
            *self = Self {
                period: Some(period),
                used: self.days.range(period..).map(|(_, day)| day.used).sum(),
                extension: 0,
                days: std::mem::take(&mut self.days),
            };
        }
        i64::from(quota.limit) + self.extension - self.used
    }

    /// What remained on a day without requests.
    fn remaining_on(&self, quota: &QuotaSettings, day: Date) -> i64 {
        let before = self.days.range(period_start(quota, day)..day).next_back();
        before.map_or_else(|| i64::from(quota.limit), |(_, day)| day.remaining)
    }
}

/// Days begin and end in UTC.
pub(crate) fn day(now: Timestamp) -> Date {
    now.to_zoned(TimeZone::UTC).date()
}

/// The first day of the period in which a day is.
fn period_start(quota: &QuotaSettings, day: Date) -> Date {
    let offset = i8::try_from(quota.offset).unwrap_or_default();
    let since = match quota.period.as_str() {
        "WEEK" => {
            (i64::from(day.weekday().since(Weekday::Sunday)) - i64::from(offset)).rem_euclid(7)
        }
        "MONTH" if day.day() > offset => i64::from(day.day() - offset - 1),
        "MONTH" => {
            let last = day.first_of_month().yesterday().unwrap_or(day);
            i64::from(day.day()) + i64::from(last.day() - offset - 1)
        }
        _ => 0,
    };
    day.saturating_sub(since.days())
}
