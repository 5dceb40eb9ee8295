//! Custom domain names. Their base path mappings are in `base_path_mappings`.

use serde_json::Value;

use super::call::{Answer, Call, Reply, show};
use super::error::Error;
use super::page::page;
use super::patch::{ITEMS, Kind, REPLACE, Table, Wording, patched, rule};
use super::{now, rest_apis};
use crate::id;
use crate::model::DomainName;
use crate::store::Region;

const NOT_FOUND: &str = "Invalid domain name identifier specified";

/// The hosted zone of every CloudFront distribution.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// The hosted zone of API Gateway in us-east-1, which stands for that of every region here.
const REGIONAL_ZONE: &str = "Z1UJRXOUMOOFQ8";

const PATCH: Table = Table {
    input: "updateDomainNameInput",
    wording: Wording::Listed,
    rules: &[
        rule("/certificateName", REPLACE, Kind::Text),
        rule("/certificateArn", REPLACE, Kind::Text),
        rule("/regionalCertificateName", REPLACE, Kind::Text),
        rule("/regionalCertificateArn", REPLACE, Kind::Text),
        rule("/ownershipVerificationCertificateArn", REPLACE, Kind::Text),
        rule(
            "/securityPolicy",
            REPLACE,
            Kind::OneOf(&["TLS_1_0", "TLS_1_2"], "Invalid securityPolicy specified"),
        ),
        rule(
            "/endpointConfiguration/types/{index}",
            REPLACE,
            Kind::OneOf(
                &["EDGE", "REGIONAL"],
                "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE",
            ),
        ),
        rule(
            "/endpointConfiguration/ipAddressType",
            REPLACE,
            Kind::OneOf(&["ipv4", "dualstack"], "ipAddressType must be either ipv4 or dualstack."),
        ),
        rule("/endpointConfiguration/vpcEndpointIds", ITEMS, Kind::Member),
        rule("/mutualTlsAuthentication/truststoreUri", REPLACE, Kind::Text),
        rule("/mutualTlsAuthentication/truststoreVersion", REPLACE, Kind::Text),
    ],
};

/// `CreateDomainName`
pub(super) fn create(call: &Call<'_>, region: &mut Region) -> Answer {
    let mut domain: DomainName = call.input()?;
    domain.domain_name.make_ascii_lowercase();
    if domain.domain_name.is_empty() {
        return Err(Error::bad_request("No Domain Name specified"));
    }
    if region.domain_names.contains_key(&domain.domain_name) {
        return Err(Error::bad_request("The domain name you provided already exists."));
    }
    let body = call.body()?;
    let configured = body.get("endpointConfiguration").and_then(|given| given.get("types"));
    if configured.and_then(Value::as_array).is_none_or(Vec::is_empty) {
        domain.endpoint_configuration.types = vec!["EDGE".to_owned()];
    }
    if domain.security_policy.is_empty() {
        domain.security_policy = "TLS_1_2".to_owned();
    }
    domain.domain_name_arn =
        Some(format!("arn:aws:apigateway:{}::/domainnames/{}", call.region, domain.domain_name));
    domain.domain_name_status = "AVAILABLE".to_owned();
    let domain = checked(call, domain)?;
    let shown = show(&domain);
    region.domain_names.insert(domain.domain_name.clone(), domain);
    shown
}

/// The name as it is kept, with where AWS would have it resolve to.
fn checked(call: &Call<'_>, mut domain: DomainName) -> Result<DomainName, Error> {
    domain.endpoint_configuration =
        rest_apis::endpoint_configuration(domain.endpoint_configuration)?;
    match domain.endpoint_configuration.types[0].as_str() {
        "PRIVATE" => return Err(Error::Unsupported("a private custom domain name")),
        "EDGE" => {
            let target = || format!("d{}.cloudfront.net", id::new(13));
            domain.distribution_domain_name.get_or_insert_with(target);
            domain.distribution_hosted_zone_id = Some(CLOUDFRONT_ZONE.to_owned());
            let certified = domain.certificate_arn.is_some() || domain.certificate_name.is_some();
            if certified {
                domain.certificate_upload_date.get_or_insert_with(now);
            }
            (domain.regional_domain_name, domain.regional_hosted_zone_id) = (None, None);
        }
        _ => {
            let target =
                || format!("d-{}.execute-api.{}.amazonaws.com", id::new(id::LONG), call.region);
            domain.regional_domain_name.get_or_insert_with(target);
            domain.regional_hosted_zone_id = Some(REGIONAL_ZONE.to_owned());
            (domain.distribution_domain_name, domain.distribution_hosted_zone_id) = (None, None);
        }
    }
    let trusts = |tls: &crate::model::MutualTlsAuthentication| !tls.truststore_uri.is_empty();
    domain.mutual_tls_authentication = domain.mutual_tls_authentication.filter(trusts);
    Ok(domain)
}

/// `GetDomainName`
pub(super) fn get(call: &Call<'_>, region: &mut Region) -> Answer {
    show(find(call, region)?)
}

/// `GetDomainNames`
pub(super) fn list(call: &Call<'_>, region: &mut Region) -> Answer {
    page(call, region.domain_names.iter().map(|(name, domain)| (name.as_str(), domain)))
}

/// `UpdateDomainName`
pub(super) fn update(call: &Call<'_>, region: &mut Region) -> Answer {
    let domain = find(call, region)?;
    let mut changed = checked(call, patched(call, &PATCH, domain)?)?;
    changed.base_path_mappings = std::mem::take(&mut domain.base_path_mappings);
    *domain = changed;
    show(domain)
}

/// `DeleteDomainName`, and with it its base path mappings.
pub(super) fn delete(call: &Call<'_>, region: &mut Region) -> Answer {
    let name = find(call, region)?.domain_name.clone();
    region.domain_names.remove(&name);
    Ok(Reply::Nothing)
}

/// The domain name that the path names.
pub(super) fn find<'r>(
    call: &Call<'_>,
    region: &'r mut Region,
) -> Result<&'r mut DomainName, Error> {
    let name = call.path("domain").to_ascii_lowercase();
    region.domain_names.get_mut(&name).ok_or_else(|| Error::not_found(NOT_FOUND))
}
