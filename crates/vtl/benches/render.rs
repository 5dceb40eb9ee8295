//! How fast templates are parsed and rendered: one that writes a DynamoDB item, and one that turns a
//! query's hundred items into a response.

#![allow(missing_docs, reason = "the harness's macros make public items")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use vtl::{Context, List, Map, Settings, Template, Value};

const PUT_ITEM: &str = r##"#set($body = $input)
{
  "TableName": "comments",
  "Item": {
    "commentId": { "S": "$requestId" },
    "pageId": { "S": "$body.pageId" },
    "userName": { "S": "$body.userName.replaceAll("\\'", "'")" },
    "message": { "S": "$body.message.replaceAll("\\'", "'")" }#if($body.tags.size() > 0),
    "tags": { "SS": [#foreach($tag in $body.tags)"$tag"#if($foreach.hasNext), #end#end] }#end

  }
}
"##;

const LIST_ITEMS: &str = r##"#set($root = $input)
{
  "count": $root.Items.size(),
  "comments": [
    #foreach($item in $root.Items)
    {
      "commentId": "$item.commentId.S",
      "userName": "$item.userName.S",
      "message": "$item.message.S"#if($item.likes.N != ""),
      "likes": $item.likes.N#end

    }#if($foreach.hasNext),#end

    #end
  ]
}
"##;

fn put_item() -> Context<'static> {
    let mut context = Context::new();
    let tags = List::json_array(["rust", "aws", "terraform"].map(Value::from).to_vec());
    let body = Map::from_entries([
        ("pageId", Value::from("breaking-news-story-01-18-2016")),
        ("userName", Value::from("Just Saying Thank You")),
        ("message", Value::from("I really enjoyed this story, it\\'s great!")),
        ("tags", Value::from(tags)),
    ]);
    context.set("input", body);
    context.set("requestId", "5f9c6e0a-1b9a-4c63-9a44-5d3c1a1c7f9e");
    context
}

fn list_items() -> Context<'static> {
    let item = |number: usize| {
        let text = |text: String| Value::Map(Map::from_entries([("S", Value::from(text))]));
        Value::Map(Map::from_entries([
            ("commentId", text(format!("id-{number}"))),
            ("userName", text(format!("user {number}"))),
            ("message", text("lorem ipsum dolor sit amet".to_owned())),
            ("likes", Value::Map(Map::from_entries([("N", Value::from(number.to_string()))]))),
        ]))
    };
    let items = List::json_array((0..100).map(item).collect());
    let mut context = Context::new();
    context.set("input", Map::from_entries([("Items", Value::from(items))]));
    context
}

fn bench(criterion: &mut Criterion) {
    let settings = Settings::default();
    for (name, source, context) in [
        ("put_item", PUT_ITEM, put_item as fn() -> Context<'static>),
        ("list_100_items", LIST_ITEMS, list_items),
    ] {
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Bytes(source.len() as u64));
        group.bench_function("parse", |bencher| {
            bencher.iter(|| {
                Template::parse(name, black_box(source)).expect("the template is well formed")
            });
        });
        group.throughput(Throughput::Elements(1));
        let template = Template::parse(name, source).expect("the template is well formed");
        let values = context();
        group.bench_function("render", |bencher| {
            bencher.iter(|| {
                template.render(black_box(&values), &settings).expect("the template renders")
            });
        });
        group.bench_function("build_values_and_render", |bencher| {
            bencher.iter(|| template.render(&context(), &settings).expect("the template renders"));
        });
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
