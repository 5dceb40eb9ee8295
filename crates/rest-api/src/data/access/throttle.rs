//! Throttling: how many requests a second pass, and how many at once.
//!
//! A limit is a token bucket: it holds as many tokens as the burst and gains them at the rate. A
//! request takes a token of every limit that it falls under, in the order in which API Gateway looks
//! at them: the client's for the method, the client's for the plan, the stage's for the method, and
//! last the account's.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;

use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::model::{MethodSetting, Stage, ThrottleSettings};
use crate::usage::Subscription;

/// What an account has in each region unless AWS grants it more.
const ACCOUNT: Limit = Limit { rate: 10_000.0, burst: 5_000.0 };

/// How many buckets there may be before those that nobody needs are dropped.
const MANY: usize = 10_000;

/// The buckets of all limits. A limit may change while its bucket is in use.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    buckets: RwLock<HashMap<String, Arc<Mutex<Bucket>>>>,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    /// Tokens a second.
    rate: f64,
    /// The most tokens.
    burst: f64,
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    filled: Timestamp,
}

impl Throttle {
    /// Lets a request through that every limit has a token for.
    ///
    /// # Errors
    /// 429
    pub(super) fn check(
        &self,
        exchange: &Exchange<'_>,
        subscription: Option<&Subscription>,
    ) -> Result<(), Failure> {
        let served = exchange.served;
        let method = Method { path: exchange.resource_path, verb: &exchange.request.verb };
        let place = format!(
            "{}/{}/{}{}",
            served.definition.rest_api.id, served.stage.stage_name, method.verb, method.path
        );
        let mut limits = Vec::new();
        if let Some(Subscription { plan_id, key_id, throttle, method_throttles, .. }) = subscription
        {
            let client = format!("client {plan_id}/{key_id}");
            let of_method = method_throttles.iter().find(|(name, _)| method.is_named(name));
            if let Some(limit) = of_method.and_then(|(_, settings)| Limit::of_plan(settings)) {
                limits.push((format!("{client}/{place}"), limit));
            }
            if let Some(limit) = throttle.as_ref().and_then(Limit::of_plan) {
                limits.push((client, limit));
            }
        }
        if let Some(limit) = method.setting(&served.stage).and_then(Limit::of_stage) {
            limits.push((format!("stage {place}"), limit));
        }
        limits.push((format!("account {}", served.region), ACCOUNT));
        let now = exchange.request.received;
        match limits.into_iter().all(|(name, limit)| self.take(name, limit, now)) {
            true => Ok(()),
            false => Err(Failure::new(ResponseType::Throttled)),
        }
    }

    fn take(&self, name: String, limit: Limit, now: Timestamp) -> bool {
        let bucket = self.bucket(name, limit, now);
        let mut bucket = bucket.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(limit, now)
    }

    fn bucket(&self, name: String, limit: Limit, now: Timestamp) -> Arc<Mutex<Bucket>> {
        let buckets = self.buckets.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get(&name) {
            return Arc::clone(bucket);
        }
        drop(buckets);
        let mut buckets = self.buckets.write().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MANY {
            // Nobody has one in hand that is only here.
            buckets.retain(|_, bucket| Arc::strong_count(bucket) > 1 || !is_idle(bucket, now));
        }
        let full = || Arc::new(Mutex::new(Bucket { tokens: limit.burst, filled: now }));
        Arc::clone(buckets.entry(name).or_insert_with(full))
    }
}

/// Whether a bucket has not been used for so long that a new one would be as good.
fn is_idle(bucket: &Mutex<Bucket>, now: Timestamp) -> bool {
    const LONG_SECONDS: i64 = 60 * 60;
    let filled = bucket.lock().unwrap_or_else(PoisonError::into_inner).filled;
    now.as_second() - filled.as_second() > LONG_SECONDS
}

impl Bucket {
    fn take(&mut self, limit: Limit, now: Timestamp) -> bool {
        // Requests come here in another order than they began in, and what has passed must not be
        // counted twice.
        let passed = now.duration_since(self.filled).as_secs_f64().max(0.0);
        self.tokens = (self.tokens + passed * limit.rate).min(limit.burst);
        self.filled = self.filled.max(now);
        let has_one = self.tokens >= 1.0;
        if has_one {
            self.tokens -= 1.0;
        }
        has_one
    }
}

impl Limit {
    fn of_plan(settings: &ThrottleSettings) -> Option<Self> {
        Self::new(settings.rate_limit, settings.burst_limit)
    }

    fn of_stage(setting: &MethodSetting) -> Option<Self> {
        Self::new(setting.throttling_rate_limit, setting.throttling_burst_limit)
    }

    /// A negative rate is no limit; with a negative burst it is the account's.
    fn new(rate: f64, burst: i64) -> Option<Self> {
        let burst = if burst < 0 { ACCOUNT.burst } else { burst as f64 };
        (rate >= 0.0).then_some(Self { rate, burst })
    }
}

/// A method that is called, as settings name it.
#[derive(Clone, Copy)]
struct Method<'a> {
    path: &'a str,
    verb: &'a str,
}

impl Method<'_> {
    /// Its settings in a stage, or those of all methods.
    fn setting(self, stage: &Stage) -> Option<&MethodSetting> {
        let settings = &stage.method_settings;
        let own = settings.iter().find(|(name, _)| self.is_named(name));
        own.map(|(_, setting)| setting).or_else(|| settings.get("*/*"))
    }

    /// Whether it is the method `path/METHOD`. The path's slashes may be `~1`, and the first and the
    /// last one may be left out.
    fn is_named(self, name: &str) -> bool {
        let Some((path, verb)) = name.rsplit_once('/') else { return false };
        let path = path.replace("~1", "/");
        (verb == self.verb || verb == "ANY")
            && path.trim_matches('/') == self.path.trim_matches('/')
    }
}
