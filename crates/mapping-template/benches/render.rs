//! What rendering costs, parsing the body and building the context included.
//!
//! The cases are ordinary case files, so that another renderer can be measured with them.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use mapping_template::{Case, MappingTemplate};

const CASES: [(&str, &str); 2] = [
    ("put-item", include_str!("cases/put-item.json")),
    ("response-loop", include_str!("cases/response-loop.json")),
];

fn render(criterion: &mut Criterion) {
    for (name, case) in CASES {
        let case = Case::from_json(case).expect("the case is well formed");
        let template = MappingTemplate::parse(name, &case.template).expect("the template parses");
        criterion.bench_function(&format!("render/{name}"), |bencher| {
            bencher.iter(|| template.render(black_box(&case.request)).expect("it renders"));
        });
        criterion.bench_function(&format!("parse/{name}"), |bencher| {
            bencher.iter(|| {
                MappingTemplate::parse(name, black_box(&case.template)).expect("it parses")
            });
        });
    }
}

criterion_group!(benches, render);
criterion_main!(benches);
