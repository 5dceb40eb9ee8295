//! References: what they start from.

use crate::body;
use crate::template::{NAMES, Writer};

impl Writer<'_> {
    pub(crate) fn reference(&mut self, depth: usize) {
        self.choose(&["$", "$", "$", "$", "$!", "${", "$!{"]);
        let braced = self.out.ends_with('{');
        self.name_and_parts(depth);
        if braced {
            self.push("}");
        }
    }

    fn name_and_parts(&mut self, depth: usize) {
        match self.random.below(20) {
            0..=5 => self.input(depth),
            6 | 7 => self.util(depth),
            8 => self.choose(&[
                "context.requestId",
                "context.identity.sourceIp",
                "context.identity",
                "context",
                "context.authorizer.claims.sub",
                "context.nope.x",
                "context['stage']",
                "context.authorizer",
                "context.requestOverride.header",
                "context.list",
                "context.identity.userAgent.length()",
                "stageVariables.v",
                "stageVariables['v']",
                "stageVariables",
                "stageVariables.map.k",
                "stageVariables.nope",
                "vars",
                "vInt",
                "vDouble",
                "vList",
            ]),
            _ => {
                let name = self.random.pick(&NAMES);
                self.push(name);
            }
        }
        for _ in 0..self.random.below(3) {
            self.part(depth);
        }
    }

    fn input(&mut self, depth: usize) {
        match self.random.below(12) {
            0 => self.push("input.body"),
            1 => self.choose(&[
                "input.params('id')",
                "input.params('q')",
                "input.params('X-H')",
                "input.params('x-h')",
                "input.params('nope')",
                "input.params()",
                "input.params().path.id",
                "input.params().header.get('X-H')",
                "input.params().querystring",
                "input",
                "input.nope()",
                "input.json('$','$')",
                "input.path(1)",
                "input.path(null)",
            ]),
            2..=4 => {
                self.push("input.json(");
                self.path(depth);
            }
            _ => {
                self.push("input.path(");
                self.path(depth);
            }
        }
    }

    fn path(&mut self, depth: usize) {
        if depth > 0 && self.random.chance(4) {
            self.operand(depth - 1);
        } else {
            let path = body::path(self.random);
            let double = self.random.chance(if path.contains('\'') { 70 } else { 15 });
            if double && !path.contains('"') {
                self.push(&format!("\"{path}\""));
            } else {
                self.push(&format!("'{}'", path.replace('\'', "''")));
            }
        }
        self.push(")");
    }

    fn util(&mut self, depth: usize) {
        self.push("util.");
        self.choose(&[
            "escapeJavaScript",
            "escapeJavaScript",
            "urlEncode",
            "urlDecode",
            "base64Encode",
            "base64Decode",
            "parseJson",
            "toJson",
        ]);
        self.push("(");
        if depth == 0 {
            self.choose(&["$a", "$s", "$input.body", "'it''s'"]);
        } else {
            self.operand(depth - 1);
        }
        self.push(")");
    }
}
