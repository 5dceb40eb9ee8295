//! What a template puts into itself is freed when the host's `Cleanup` ends.

use std::rc::Rc;

use vtl::{Cleanup, Context, Fault, Map, Meter, Object, Settings, Template, Value};

/// Something that a template holds on to.
struct Probe;

impl Object for Probe {
    fn class_name(&self) -> &str {
        "Probe"
    }

    fn print(&self, _out: &mut String, _meter: &Meter) -> Result<(), Fault> {
        Ok(())
    }
}

/// Renders a template that holds `$probe` in what holds itself; whether it renders does not matter.
fn check(source: &str) {
    let probe: Rc<dyn Object> = Rc::new(Probe);
    let template = Template::parse("cleanup.vtl", source).expect("the template parses");
    let cleanup = Cleanup::begin();
    let mut context = Context::new();
    context.set("probe", Value::Object(Rc::clone(&probe)));
    context.set("host", Map::linked());
    let _ = template.render(&context, &Settings::default());
    drop(context);
    assert!(Rc::strong_count(&probe) > 1, "{source} holds nothing");
    drop(cleanup);
    assert_eq!(Rc::strong_count(&probe), 1, "{source}");
}

#[test]
fn maps_in_themselves_are_freed() {
    check("#set($m = {'p': $probe})$m.put('self', $m)");
    check("#set($m = {'p': $probe})#set($m.self = $m)");
    check("#set($m = {'p': $probe})#set($m['self'] = [[$m]])");
    check("#set($m = {'p': $probe})$m.put($m.entrySet(), 1)");
    check("#set($m = {'p': $probe})#set($n = {'m': $m})$m.putAll({'n': $n})");
    check(
        "#set($m = {'p': $probe, 'e': 1})#foreach($e in $m.entrySet())#if($e.key == 'e')$e.setValue($m)#end#end",
    );
    check("$host.put('p', $probe)$host.put('self', $host)");
}

#[test]
fn lists_in_themselves_are_freed() {
    check("#set($a = [$probe])$a.add($a)");
    check("#set($a = [$probe])$a.add(0, $a)");
    check("#set($a = [$probe, 1])#set($a[1] = $a)");
    check("#set($a = [$probe])$a.addAll([[$a]])");
    check("#set($a = [$probe])$a.addAll(0, [$a.iterator()])");
    check("#set($a = [$probe, 1])$a.subList(0, 1).add($a)");
    check("#set($a = [$probe, 1])$a.subList(0, 2).set(1, $a)");
}

#[test]
fn a_rendering_that_fails_frees_as_well() {
    check("#set($m = {'p': $probe})$m.put('self', $m)$m.class.forName('none')");
}

#[test]
fn what_is_not_nested_outlives_a_cleanup() {
    let kept = Map::linked();
    let cleanup = Cleanup::begin();
    let mut context = Context::new();
    context.set("kept", kept.clone());
    let template = Template::parse("cleanup.vtl", "$kept.put('a', 'b')").expect("it parses");
    template.render(&context, &Settings::default()).expect("it renders");
    drop(cleanup);
    assert_eq!(kept.get("a").as_ref().and_then(Value::as_str), Some("b"));
}
