//! Nothing accepted is lost, whatever fails: `async-sqs` and `dynamo-proxy` are sent more than 20,000
//! requests while DynamoDB throttles and fails, SQS and Lambda do at times, functions are killed and
//! pollers are restarted. In the end everything that was accepted is found again, and once.
//!
//! What is done, and between which requests, follows from `SEED` alone; which request a fault hits, from
//! its rule and the same seed. Only how the threads take turns is the machine's.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

mod chaos;
mod comments;
mod users;

use std::io::{Write as _, stderr};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use chaos::Chaos;
use comments::Comments;
use spillway_tests::{Client, LocalAws, Stack, eventually};
use users::Users;

const SEED: u64 = 6;

/// Every other one is for `async-sqs`, the rest for `dynamo-proxy`, which refuses one in ten.
const REQUESTS: usize = 22_000;

/// How many are under way at once.
const SENDERS: usize = 12;

/// While the rest is processed, how often is looked whether it is done until something happens again.
const LOOKS_PER_ACT: u32 = 8;

/// Far longer than it takes to process everything.
const DEADLINE: Duration = Duration::from_secs(600);

/// One call of DynamoDB in ten fails. What is `lost` has happened, and whoever asked is not told.
const FAULTS: [&str; 9] = [
    "dynamodb:PutItem=throttle@5%",
    "dynamodb:PutItem=error@5%",
    "dynamodb:TransactWriteItems=throttle@4%",
    "dynamodb:TransactWriteItems=error@4%",
    "dynamodb:TransactWriteItems=lost@2%",
    "sqs:ReceiveMessage=lost@1%",
    "sqs:DeleteMessageBatch=error@2%",
    "sqs:DeleteMessageBatch=lost@2%",
    "lambda:Invoke=throttle@2%",
];

#[test]
fn what_is_accepted_is_stored_once_or_dead_lettered() {
    let seed = SEED.to_string();
    let flags = FAULTS.iter().flat_map(|fault| ["--fault", fault]);
    let flags: Vec<_> = flags.chain(["--fault-seed", &seed]).collect();
    static AWS: OnceLock<LocalAws> = OnceLock::new();
    let aws = AWS.get_or_init(|| LocalAws::with(&flags));
    let stack = Stack::on(aws).only(&["async-sqs", "dynamo-proxy"]).apply();
    let (users, comments) = (Users::of(&stack), Comments::of(&stack));
    let chaos = Chaos::new(SEED, &stack);

    let begun = Instant::now();
    users.send_poison();
    send(&users, &comments, &chaos);
    comments.remove_some();
    let sent = begun.elapsed();
    let mut looks = 0..;
    eventually("everything accepted is processed", DEADLINE, || {
        if looks.next().is_some_and(|look: u32| look.is_multiple_of(LOOKS_PER_ACT)) {
            chaos.act();
        }
        (users.is_drained() && comments.are_counted()).then_some(())
    });
    let processed = begun.elapsed();

    assert!(users.accepted() + comments.accepted() >= 20_000);
    let (users, comments) =
        (users.assert_that_nothing_is_lost(), comments.assert_that_nothing_is_lost());
    let times = format!("sent in {sent:.0?}, processed in {processed:.0?}");
    writeln!(stderr(), "campaign: {users}; {comments}; {chaos}; {times}").unwrap();
}

/// Sends all requests. Between some of them, something happens to the cloud.
fn send(users: &Users<'_>, comments: &Comments<'_>, chaos: &Chaos<'_>) {
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..SENDERS {
            scope.spawn(|| {
                let client = Client::default();
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= REQUESTS {
                        break;
                    }
                    chaos.before(number);
                    if number.is_multiple_of(2) {
                        users.send(&client, number);
                    } else {
                        comments.send(&client, number);
                    }
                }
            });
        }
    });
}
