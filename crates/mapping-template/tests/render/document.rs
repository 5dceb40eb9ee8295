//! Bodies are kept in one piece until a template changes them, which no template may notice.

use crate::check::{check, check_bodies};

const NESTED: &str = r#"{"body": {
    "name": "Ada", "a": {"b": {"c": 1, "text": "a\tb"}}, "items": [{"x": 1}, {"x": 2}, "s"]
}}"#;

#[test]
fn what_is_taken_out_is_what_stays_in() {
    check(
        NESTED,
        &[
            (
                "#set($b = $input.path('$.a.b'))#set($b.c = 2)$input.path('$').a.b.c $input.json('$.a')",
                r#"2 {"b":{"c":2,"text":"a\tb"}}"#,
            ),
            (
                "#set($r = $input.path('$'))$r.a.b.c#set($r.a.b.c = 'two')#set($b = 0) $r.a.b.c",
                "1 two",
            ),
            (
                "#set($i = $input.path('$.items[0]'))#set($i.x = 5)#set($i = 0)$input.json('$.items')",
                r#"[{"x":5},{"x":2},"s"]"#,
            ),
            (
                "#foreach($i in $input.path('$.items'))#set($i.y = $foreach.count)#end$input.json('$.items')",
                r#"[{"x":1,"y":1},{"x":2,"y":2},"s"]"#,
            ),
            (
                "#set($r = $input.path('$'))#set($l = $r.items)#set($ok = $l.add(3))$r.items.size() $r.items[3] $r",
                "4 3 {name=Ada, a={b={c=1, text=a\tb}}, items=[{\"x\":1},{\"x\":2},\"s\",3]}",
            ),
            (
                "#set($r = $input.path('$'))#set($a = $r.a)#set($a.up = $r)$r.a.up.a.b.c $r.a.up.items.size()",
                "1 3",
            ),
            (
                "#set($r = $input.path('$'))#set($ok = $r.remove('a'))$r.size() [$r.a.b.c] $r.keySet()",
                "2 [] [name, items]",
            ),
        ],
    );
}

#[test]
fn texts_are_the_same_however_often_they_are_read() {
    let times = "#foreach($i in [1..30])#set($all = \"$!all$r.name$r.a.b.text\")#end";
    let expected = "Adaa\tb".repeat(30);
    check(
        NESTED,
        &[(&format!("#set($r = $input.path('$'))#set($all = ''){times}$all"), &expected)],
    );
}

#[test]
fn a_repeated_key_keeps_its_place_and_takes_the_last_value() {
    check_bodies(
        "$input.json('$') $input.path('$').a $input.path('$').size() $input.path('$')",
        &[
            (r#"{"a": 1, "b": 2, "a": 3}"#, r#"{"a":3,"b":2} 3 2 {a=3, b=2}"#),
            (r#"{"a": 1, "\u0061": "x", "b": 2}"#, r#"{"a":"x","b":2} x 2 {a=x, b=2}"#),
            (r#"{a: {"a": 1}, 'a': {}}"#, r#"{"a":{}} {} 1 {a={}}"#),
            (r#"{"": 1, '': 2, "b": 3, "a": 4}"#, r#"{"":2,"b":3,"a":4} 4 3 {=2, b=3, a=4}"#),
        ],
    );
}

#[test]
fn large_maps_are_read_like_small_ones() {
    let members = |last: &str| {
        let members = (0..100).map(|at| format!("\"k{at}\": {at}, ")).collect::<String>();
        format!("{{{members} \"k3\": \"{last}\", \"m\": {{\"z\": 1}}}}")
    };
    let template = "#set($r = $input.path('$'))$r.k3 $r.k99 [$r.k100] $r.m.z $r.size()\
                    #set($r.k100 = 'new')#set($r.m.z = 2) $r.k100 $r.m.z $r.size() $input.json('$.m')";
    check_bodies(
        template,
        &[
            (&members("last"), r#"last 99 [] 1 101 new 2 102 {"z":2}"#),
            (&members("\\u00e9"), r#"é 99 [] 1 101 new 2 102 {"z":2}"#),
        ],
    );
    let body = format!("{{\"in\": {}}}", members("x"));
    check_bodies(
        "$input.path('$').in.k3 $input.path('$').in.k50 $input.path('$').in.m.z",
        &[(&body, "x 50 1")],
    );
}

#[test]
fn the_context_can_be_written_to_and_read_again() {
    check(
        r#"{"context": {"identity": {"sourceIp": "192.0.2.7"}, "list": [{"a": [1]}]}}"#,
        &[
            (
                "#set($i = $context.identity)#set($i.x = 1)$context.identity.x $context.identity.sourceIp",
                "1 192.0.2.7",
            ),
            ("#set($context.mine = 'm')$context.mine $context.size()", "m 5"),
            ("$context.list[0].a[0] $context.list [$context]", "1 [{a=[1]}] []"),
        ],
    );
}
