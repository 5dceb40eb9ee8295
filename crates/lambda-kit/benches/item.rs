//! The item codec beside what one would take instead: `serde_dynamo` through `serde_json::Value`,
//! which loses digits of numbers. The same texts, in one run.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use lambda_kit::item::{self, Item};
use serde_json::Value;
use std::hint::black_box;

/// An order as systems of this kind store it.
const ORDER: &str = r#"{"id":"5f1c7ab6-9a51-4b3e-8a53-a2d9c7b1f0e4","customer":"Ada Lovelace","express":true,
"note":null,"created_at":"2026-11-20T12:56:07.042Z","total":1278.89,"address":{"street":"12 St James's Square",
"city":"London","zip":"SW1Y 4JH"},"items":[{"sku":"A-100","quantity":2,"price":78.89},{"sku":"B-200","quantity":1,
"price":1121.11}]}"#;

fn item(criterion: &mut Criterion) {
    let large = format!(r#"{{"orders":[{}]}}"#, vec![ORDER; 200].join(","));
    for (name, text) in [("order", ORDER), ("200 orders", &large)] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("read, lambda-kit", |bencher| {
            bencher.iter(|| item::from_json(black_box(text)).expect("an item"));
        });
        group.bench_function("read, serde_dynamo", |bencher| {
            bencher.iter(|| {
                let value: Value = serde_json::from_str(black_box(text)).expect("JSON");
                let item: Item = serde_dynamo::to_item(value).expect("an item");
                item
            });
        });
        let item = item::from_json(text).expect("an item");
        group.bench_function("write, lambda-kit", |bencher| {
            bencher.iter(|| item::to_json(black_box(&item)).expect("JSON"));
        });
        group.bench_function("write, serde_dynamo", |bencher| {
            let write = |item: Item| {
                let value: Value = serde_dynamo::from_item(item).expect("a value");
                value.to_string()
            };
            bencher.iter_batched(|| item.clone(), write, BatchSize::LargeInput);
        });
    }
}

criterion_group!(benches, item);
criterion_main!(benches);
