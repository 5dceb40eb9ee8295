//! Walking a document along a path.
//!
//! Every step evaluates the rest of the path on each value it selects, and results are collected in
//! order. "Not found" anywhere ends the whole evaluation, except where Jayway lets it pass.

use std::rc::Rc;

use vtl::{Fault, List, Map, Meter, Value};

use super::{Path, Token};

/// Why an evaluation ended without results.
enum Miss {
    /// Nothing is there, which callers see as no value.
    NotFound,
    /// An exception that fails the rendering.
    Fault(Fault),
}

impl From<Fault> for Miss {
    fn from(fault: Fault) -> Self {
        Miss::Fault(fault)
    }
}

/// Reads `path` from `start`; with `strict`, as a filter's existence check, selecting several names
/// needs all of them.
pub(super) fn read(
    path: &Path,
    start: &Value,
    document: &Value,
    strict: bool,
    meter: &Meter,
) -> Result<Option<Value>, Fault> {
    let mut walk = Walk { document, strict, meter, results: Vec::new() };
    match walk.step(&path.tokens, true, start) {
        Ok(()) => {}
        Err(Miss::NotFound) => return Ok(None),
        Err(Miss::Fault(fault)) => return Err(fault),
    }
    if path.is_definite() {
        return Ok(walk.results.into_iter().next());
    }
    Ok(Some(Value::List(List::json_array(walk.results))))
}

struct Walk<'a> {
    document: &'a Value,
    strict: bool,
    meter: &'a Meter,
    results: Vec<Value>,
}

impl Walk<'_> {
    /// Evaluates `tokens` on `model`. `after_definite` says whether the step before selects one
    /// value.
    fn step(&mut self, tokens: &[Token], after_definite: bool, model: &Value) -> Result<(), Miss> {
        self.meter.spend(1)?;
        let Some((token, rest)) = tokens.split_first() else {
            self.meter.allocate(size_of::<Value>())?;
            self.results.push(model.clone());
            return Ok(());
        };
        match token {
            Token::Here => self.step(rest, true, model),
            Token::Property(names) => {
                let Value::Map(map) = model else {
                    return Err(Miss::NotFound);
                };
                // Jayway asks only the step before and those behind whether they are definite.
                let definite = after_definite && rest.iter().all(Token::is_definite);
                match &names[..] {
                    [name] => self.property(map, name, rest, definite),
                    _ => self.properties(map, names, rest),
                }
            }
            Token::Wildcard => self.wildcard(model, rest),
            Token::Scan => self.scan(rest, model),
            Token::Filter(filter) => match model {
                Value::Map(_) => {
                    if filter.accepts(model, self.document, self.meter)? {
                        self.step(rest, false, model)?;
                    }
                    Ok(())
                }
                Value::List(list) => {
                    for item in list.items().iter() {
                        if filter.accepts(item, self.document, self.meter)? {
                            self.step(rest, false, item)?;
                        }
                    }
                    Ok(())
                }
                _ => Err(not_applicable("a filter", "an object or an array")),
            },
            Token::Index(_)
            | Token::Indexes(_)
            | Token::FromEnd(_)
            | Token::From(_)
            | Token::To(_)
            | Token::Between(..) => match model {
                Value::Null => Err(Miss::NotFound),
                Value::List(list) => self.index(token, list, rest),
                _ => Err(not_applicable("an index", "an array")),
            },
        }
    }

    fn property(
        &mut self,
        map: &Map,
        name: &str,
        rest: &[Token],
        definite: bool,
    ) -> Result<(), Miss> {
        match map.get(name) {
            Some(value) => self.step(rest, true, &value),
            None if rest.is_empty() || definite || self.strict => Err(Miss::NotFound),
            None => Ok(()),
        }
    }

    fn properties(&mut self, map: &Map, names: &[Rc<str>], rest: &[Token]) -> Result<(), Miss> {
        if !rest.is_empty() {
            let message = "several properties may be selected only at the end of a path";
            return Err(Fault::thrown("InvalidPathException", message).into());
        }
        let selected = Map::linked();
        for name in names {
            match map.get(name) {
                Some(value) => {
                    selected.insert(Rc::clone(name), value);
                }
                None if self.strict => return Err(Miss::NotFound),
                None => {}
            }
        }
        self.results.push(Value::Map(selected));
        Ok(())
    }

    fn wildcard(&mut self, model: &Value, rest: &[Token]) -> Result<(), Miss> {
        match model {
            Value::Map(map) => {
                for (key, value) in map.to_vec() {
                    needs_string(&key)?;
                    self.step(rest, false, &value)?;
                }
            }
            Value::List(list) => {
                for item in list.items().iter() {
                    match self.step(rest, false, item) {
                        Err(Miss::NotFound) if !self.strict => {}
                        other => other?,
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn index(&mut self, token: &Token, list: &List, rest: &[Token]) -> Result<(), Miss> {
        let length = i32::try_from(list.len()).unwrap_or(i32::MAX);
        let from_end = |index: i32| {
            if index < 0 { length.saturating_add(index) } else { index }
        };
        let one: [i32; 1];
        let (indexes, range) = match token {
            Token::Index(index) => {
                one = [*index];
                (&one[..], 0..0)
            }
            Token::FromEnd(offset) => {
                one = [length.saturating_add(*offset)];
                (&one[..], 0..0)
            }
            Token::Indexes(indexes) => (&indexes[..], 0..0),
            Token::From(start) => (&[][..], from_end(*start).max(0)..length),
            Token::To(end) => (&[][..], 0..from_end(*end).min(length)),
            Token::Between(start, end) if length > 0 => (&[][..], *start..(*end).min(length)),
            _ => (&[][..], 0..0),
        };
        for index in indexes.iter().copied().chain(range) {
            let item = usize::try_from(index).ok().and_then(|index| list.get(index));
            self.step(rest, token.is_definite(), &item.ok_or(Miss::NotFound)?)?;
        }
        Ok(())
    }

    /// Applies the next step to `model` and to everything below it.
    fn scan(&mut self, tokens: &[Token], model: &Value) -> Result<(), Miss> {
        let Some((token, rest)) = tokens.split_first() else {
            return Err(
                Fault::thrown("IllegalStateException", "a path cannot end with a scan").into()
            );
        };
        self.meter.spend(1)?;
        match model {
            Value::Map(map) => {
                if self.scan_stops_at(token, model)? {
                    self.step(tokens, false, model)?;
                }
                for (key, value) in map.to_vec() {
                    needs_string(&key)?;
                    self.scan(tokens, &value)?;
                }
            }
            Value::List(list) => {
                let items = list.items();
                if self.scan_stops_at(token, model)? {
                    if rest.is_empty() {
                        self.step(tokens, false, model)?;
                    } else {
                        // Jayway goes on with the step after on every element, whatever the index
                        // or the filter says.
                        for item in items.iter() {
                            self.step(rest, token.is_definite(), item)?;
                        }
                    }
                }
                for item in items.iter() {
                    self.scan(tokens, item)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn scan_stops_at(&self, token: &Token, model: &Value) -> Result<bool, Fault> {
        match (token, model) {
            (Token::Wildcard, _) => Ok(true),
            (Token::Filter(filter), _) => filter.accepts(model, self.document, self.meter),
            (Token::Property(names), Value::Map(map)) => {
                Ok(names.iter().all(|name| map.get(name).is_some()))
            }
            (Token::Property(_) | Token::Here | Token::Scan, _) => Ok(false),
            (_, model) => Ok(matches!(model, Value::List(_))),
        }
    }
}

/// Jayway takes every key for a string; a template may have put another one into the document.
fn needs_string(key: &Value) -> Result<(), Fault> {
    match key {
        Value::String(_) => Ok(()),
        _ => Err(Fault::thrown("ClassCastException", "a key of the document is not a string")),
    }
}

fn not_applicable(what: &str, to: &str) -> Miss {
    let message = format!("{what} can only be applied to {to}");
    Fault::thrown("InvalidPathException", message).into()
}
