//! VPC links. Here they are names only: there is no VPC to link to.

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{Kind, REPLACE, Table, Wording, patched, rule};
use crate::id;
use crate::model::VpcLink;
use crate::store::Region;

const NAME: &str = "Name cannot be empty";

const PATCH: Table = Table {
    input: "updateVpcLinkInput",
    wording: Wording::Listed,
    rules: &[
        rule("/name", REPLACE, Kind::Required(NAME)),
        rule("/description", REPLACE, Kind::Text),
    ],
};

/// `CreateVpcLink`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut link: VpcLink = call.input()?;
    if link.name.is_empty() {
        return Err(Error::bad_request(NAME));
    }
    if link.target_arns.len() != 1 {
        return Err(Error::bad_request("VPC link must have exactly one target ARN"));
    }
    if let Some(arn) = link.target_arns.iter().find(|arn| !arn.starts_with("arn:")) {
        return Err(Error::bad_request(format!("Invalid ARN. ARN is not well formed {arn}")));
    }
    link.id = id::new(id::SHORT);
    link.status = "AVAILABLE".to_owned();
    link.status_message = Some("Your vpc link is ready for use".to_owned());
    let shown = show(&link);
    region.vpc_links.insert(link.id.clone(), link);
    shown
}

/// `GetVpcLink`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetVpcLinks`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    page(call, region.vpc_links.iter().map(|(id, link)| (id.as_str(), link)))
}

/// `UpdateVpcLink`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let link = find(call, region)?;
    *link = patched(call, &PATCH, link)?;
    show(link)
}

/// `DeleteVpcLink`
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let id = find(call, region)?.id.clone();
    for api in region.apis.values() {
        let place = super::place_of_method(&api.definition, |method| {
            let integration = method.method_integration.as_ref();
            integration.and_then(|it| it.connection_id.as_ref()) == Some(&id)
        });
        if let Some(place) = place {
            return Err(Error::bad_request(format!(
                "Cannot delete vpc link. Vpc link '{id}', is referenced in method: {place}"
            )));
        }
    }
    region.vpc_links.remove(&id);
    Ok(Reply::Nothing)
}

fn find<'r>(call: &Call<'_>, region: &'r mut Region) -> Result<&'r mut VpcLink, Error> {
    region
        .vpc_links
        .get_mut(call.path("link"))
        .ok_or_else(|| Error::not_found("Invalid Vpc Link identifier specified"))
}
