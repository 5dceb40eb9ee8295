//! Renderings beside each other and one after another.

use std::thread;

use vtl::{Cleanup, Context, Map, Settings, Template, Value};

#[test]
fn a_template_renders_on_many_threads() {
    let source = "#foreach($i in [1..100])$i.toString().replaceAll('[0-9]', $x)#end";
    let template = Template::parse("threads.vtl", source).expect("the template is well formed");
    let threads: Vec<_> = ["a", "b", "c", "d"]
        .map(|letter| {
            let template = template.clone();
            thread::spawn(move || {
                let mut context = Context::new();
                context.set("x", Value::from(letter));
                let output =
                    template.render(&context, &Settings::default()).expect("the template renders");
                assert_eq!(output, letter.repeat(9 + 90 * 2 + 3));
            })
        })
        .into_iter()
        .collect();
    for thread in threads {
        thread.join().expect("no thread panics");
    }
}

#[test]
fn a_defined_block_ends_with_its_rendering() {
    let _cleanup = Cleanup::begin();
    let mut context = Context::new();
    context.set("m", Map::linked());
    let render = |source: &str| {
        let template = Template::parse("renderings.vtl", source).expect("the template parses");
        template.render(&context, &Settings::default()).expect("the template renders")
    };
    assert_eq!(render("#define($d)a$b$c$d.e#end#set($m.block = $d)$m.block"), "a");
    assert_eq!(render("[$m.block]#if($m.block)yes#end"), "[]yes");
}
