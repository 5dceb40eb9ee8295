//! Tags of whatever has an ARN: APIs, stages, keys, plans, domain names and VPC links.

use serde_json::json;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::stages;
use crate::model::Strings;
use crate::store::Region;

const MOST_TAGS: usize = 50;
const LONGEST_KEY: usize = 128;
const LONGEST_VALUE: usize = 256;

/// `GetTags`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut tags = Strings::new();
    with_tags(call, region, |found| tags.clone_from(found))?;
    show(&json!({ "tags": tags }))
}

/// `TagResource`
pub(super) fn tag(call: &Call<'_>, region: &mut Region) -> Answer {
    #[derive(Default, serde::Deserialize)]
    #[serde(default)]
    struct Tag {
        tags: Strings,
    }
    let Tag { tags } = call.input()?;
    check(&tags)?;
    let mut all = Strings::new();
    with_tags(call, region, |found| all.clone_from(found))?;
    all.extend(tags);
    if all.len() > MOST_TAGS {
        return Err(Error::bad_request(format!(
            "A resource cannot have more than {MOST_TAGS} tags"
        )));
    }
    with_tags(call, region, |found| *found = all)?;
    Ok(Reply::Nothing)
}

/// `UntagResource`
pub(super) fn untag(call: &Call<'_>, region: &mut Region) -> Answer {
    let keys: Vec<_> = call.queries("tagKeys").collect();
    with_tags(call, region, |found| found.retain(|key, _| !keys.contains(&key.as_str())))?;
    Ok(Reply::Nothing)
}

fn check(tags: &Strings) -> Result<(), Error> {
    for (key, value) in tags {
        let fits = (1..=LONGEST_KEY).contains(&key.chars().count())
            && value.chars().count() <= LONGEST_VALUE;
        if !fits || key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::bad_request(format!("Invalid tag specified: {key}")));
        }
    }
    Ok(())
}

/// Does something with the tags of what the path's ARN names. A stage never changes, so one with
/// other tags is a new one.
fn with_tags(
    call: &Call<'_>,
    region: &mut Region,
    act: impl FnOnce(&mut Strings),
) -> Result<(), Error> {
    let arn = call.path("arn");
    let not_found = || Error::not_found(format!("Invalid resource specified: {arn}"));
    // arn:aws:apigateway:region::/restapis/id
    let resource = arn.splitn(6, ':').nth(5).ok_or_else(not_found)?;
    let segments: Vec<_> = resource.trim_start_matches('/').split('/').collect();
    let tags = match segments.as_slice() {
        ["restapis", id] => region.apis.get_mut(*id).map(|api| &mut api.definition.rest_api.tags),
        ["restapis", id, "stages", stage] => {
            let api = region.apis.get_mut(*id).ok_or_else(not_found)?;
            let served = api.stages.get(*stage).ok_or_else(not_found)?;
            let mut stage = served.stage.clone();
            act(&mut stage.tags);
            if stage == served.stage {
                return Ok(());
            }
            return stages::serve(call, api, stage);
        }
        ["apikeys", id] => region.api_keys.get_mut(*id).map(|key| &mut key.tags),
        ["usageplans", id] => region.usage_plans.get_mut(*id).map(|plan| &mut plan.tags),
        ["domainnames", name] => region.domain_names.get_mut(*name).map(|domain| &mut domain.tags),
        ["vpclinks", id] => region.vpc_links.get_mut(*id).map(|link| &mut link.tags),
        _ => None,
    };
    act(tags.ok_or_else(not_found)?);
    Ok(())
}
