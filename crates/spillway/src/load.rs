//! `spillway load`: sends a pattern's first example in rounds, so many requests at once, and says how
//! they were answered. It is a yardstick and no load generator: a round begins when the one before is
//! answered, both bounds are small, and it goes no further than this machine unless it is told to.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use hyper::Uri;
use local_aws::Instance;
use serde_json::{Value, json};
use ureq::Agent;

use crate::cli::Pattern;
use crate::error::Error;
use crate::examples::{Example, examples};
use crate::output;
use crate::status::Applied;

/// No answer is waited for longer: API Gateway itself gives up after 29 seconds.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What `load` is asked for.
#[derive(Args)]
pub(crate) struct Load {
    /// The pattern to send requests to.
    #[arg(value_enum)]
    pattern: Pattern,
    /// How many rounds to send.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rounds: u32,
    /// Begin rounds for so many seconds instead.
    #[arg(long, conflicts_with = "rounds", value_parser = clap::value_parser!(u64).range(1..=300))]
    seconds: Option<u64>,
    /// How many requests a round sends at once.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=256))]
    at_once: u32,
    /// Where the pattern answers, in place of the stack that `up` applied here.
    #[arg(long, value_parser = http_url)]
    url: Option<String>,
    /// Send even to a URL that is not on this machine.
    #[arg(long, requires = "url")]
    remote: bool,
    /// Print the figures as a JSON object.
    #[arg(long)]
    json: bool,
}

/// What became of one request.
struct Outcome {
    time: Duration,
    /// Why it was no success.
    failure: Option<String>,
}

/// What became of all of them.
struct Figures {
    rounds: u32,
    total: Duration,
    /// From the fastest to the slowest.
    times: Vec<Duration>,
    /// How many requests failed, by why.
    failures: BTreeMap<String, usize>,
}

/// Sends the rounds and prints the figures. Failure, status 1, means that a request failed.
pub(crate) fn load(
    asked: &Load,
    find_instance: impl FnOnce() -> Result<Instance, Error>,
) -> Result<ExitCode, Error> {
    let pattern = asked.pattern.name();
    let outputs = match &asked.url {
        Some(url) => json!({ "url": url }),
        None => {
            let instance = find_instance()?;
            Applied::here(&instance)?.pattern(pattern, &instance)?.clone()
        }
    };
    let example = examples(pattern, &outputs).swap_remove(0);
    if !asked.remote && !is_on_this_machine(&example.url) {
        return Err(Error::NotOnThisMachine { url: example.url });
    }
    let figures = send(asked, &example);
    if asked.json {
        output::line(format_args!("{:#}", figures.to_json(&example.url)));
    } else {
        figures.print(&example.url, asked.at_once);
    }
    Ok(if figures.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn send(asked: &Load, example: &Example) -> Figures {
    let agent: Agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections_per_host(asked.at_once as usize)
        .max_idle_connections(asked.at_once as usize)
        .timeout_global(Some(TIMEOUT))
        .build()
        .new_agent();
    let begun = Instant::now();
    let is_over = |rounds: u32| match asked.seconds {
        Some(seconds) => begun.elapsed() >= Duration::from_secs(seconds),
        None => rounds >= asked.rounds,
    };
    let mut rounds = 0;
    let mut outcomes = Vec::new();
    while !is_over(rounds) {
        outcomes.extend(round(&agent, asked.at_once, example));
        rounds += 1;
    }
    Figures::of(rounds, begun.elapsed(), outcomes)
}

/// Sends a round, and waits for the last answer.
fn round(agent: &Agent, at_once: u32, example: &Example) -> Vec<Outcome> {
    thread::scope(|scope| {
        let requests: Vec<_> =
            (0..at_once).map(|_| scope.spawn(|| request(agent, example))).collect();
        let joined = requests.into_iter().map(|request| request.join());
        joined.map(|outcome| outcome.expect("a request does not panic")).collect()
    })
}

fn request(agent: &Agent, example: &Example) -> Outcome {
    let begun = Instant::now();
    let answer = match example.body {
        Some(body) => agent.post(&example.url).content_type("application/json").send(body),
        None => agent.get(&example.url).call(),
    };
    let failure = answer.and_then(|mut answer| {
        let body = answer.body_mut().read_to_string()?;
        let status = answer.status();
        Ok((!status.is_success()).then(|| format!("{} {}", status.as_u16(), body.trim())))
    });
    let failure = failure.unwrap_or_else(|error| Some(error.to_string()));
    Outcome { time: begun.elapsed(), failure }
}

impl Figures {
    fn of(rounds: u32, total: Duration, outcomes: Vec<Outcome>) -> Self {
        let mut failures = BTreeMap::new();
        let mut times = Vec::with_capacity(outcomes.len());
        for outcome in outcomes {
            times.push(outcome.time);
            if let Some(failure) = outcome.failure {
                *failures.entry(failure).or_default() += 1;
            }
        }
        times.sort_unstable();
        Self { rounds, total, times, failures }
    }

    fn succeeded(&self) -> usize {
        self.times.len() - self.failures.values().sum::<usize>()
    }

    fn success_percent(&self) -> f64 {
        100.0 * self.succeeded() as f64 / self.times.len() as f64
    }

    fn average(&self) -> Duration {
        self.times.iter().sum::<Duration>() / self.times.len() as u32
    }

    fn per_round(&self) -> Duration {
        self.total / self.rounds
    }

    /// The time in which so many percent of the requests were answered.
    fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.times.len() * percent).div_ceil(100);
        self.times[rank.max(1) - 1]
    }

    fn print(&self, url: &str, at_once: u32) {
        let requests = self.times.len();
        output::line(format_args!(
            "{requests} requests to {url}, {} rounds of {at_once} at once",
            self.rounds
        ));
        output::line(format_args!(
            "  success rate  {:.1} % ({} of {requests})",
            self.success_percent(),
            self.succeeded()
        ));
        output::line(format_args!("  total time    {:.2} s", self.total.as_secs_f64()));
        let times = [
            ("average", self.average()),
            ("per round", self.per_round()),
            ("p50", self.percentile(50)),
            ("p95", self.percentile(95)),
            ("p99", self.percentile(99)),
        ];
        for (name, time) in times {
            output::line(format_args!("  {name:<13} {:.1} ms", millis(time)));
        }
        for (failure, count) in &self.failures {
            output::line(format_args!("  failed: {count} x {failure}"));
        }
    }

    fn to_json(&self, url: &str) -> Value {
        json!({
            "url": url,
            "rounds": self.rounds,
            "requests": self.times.len(),
            "succeeded": self.succeeded(),
            "success_percent": self.success_percent(),
            "total_ms": millis(self.total),
            "average_ms": millis(self.average()),
            "per_round_ms": millis(self.per_round()),
            "p50_ms": millis(self.percentile(50)),
            "p95_ms": millis(self.percentile(95)),
            "p99_ms": millis(self.percentile(99)),
            "failures": self.failures,
        })
    }
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Whether a URL's host is a loopback address or a name that means one.
fn is_on_this_machine(url: &str) -> bool {
    let uri = url.parse::<Uri>().ok();
    let host = uri.as_ref().and_then(Uri::host).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost" || host.ends_with(".localhost"), |it| it.is_loopback())
}

fn http_url(text: &str) -> Result<String, String> {
    let uri = text.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("http"));
    uri.map(|_| text.to_owned())
        .ok_or_else(|| "it must be a URL that begins with http://".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(times_ms: &[u64], percent: usize, expected_ms: u64) {
        let outcome = |&ms| Outcome { time: Duration::from_millis(ms), failure: None };
        let outcomes = times_ms.iter().map(outcome).collect();
        let figures = Figures::of(1, Duration::from_secs(1), outcomes);
        assert_eq!(figures.percentile(percent), Duration::from_millis(expected_ms));
    }

    #[test]
    fn half_of_the_requests_are_answered_within_p50() {
        check(&[4, 1, 3, 2], 50, 2);
    }

    #[test]
    fn p99_of_few_requests_is_the_slowest() {
        check(&[10, 30, 20], 99, 30);
    }

    #[test]
    fn p95_of_a_hundred_leaves_five() {
        check(&(1..=100).collect::<Vec<_>>(), 95, 95);
    }

    #[test]
    fn one_request_is_every_percentile() {
        check(&[7], 50, 7);
    }

    #[test]
    fn loopback_is_told_from_elsewhere() {
        for url in [
            "http://localhost:4566/x",
            "http://127.0.0.2/",
            "http://[::1]:80",
            "http://a.localhost",
        ] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in ["http://10.0.0.1/", "http://localhost.example.com", "http://[::2]/", "nonsense"]
        {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
