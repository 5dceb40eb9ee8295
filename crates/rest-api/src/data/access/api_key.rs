//! API keys, and the usage plans that they open a stage with.

use crate::data::compiled::CompiledMethod;
use crate::data::context;
use crate::data::exchange::Exchange;
use crate::data::gateway_response::{Failure, ResponseType};
use crate::usage::{Subscription, Subscriptions};

/// Lets those through who have a key where one is asked for, and adds it to the context. Where none
/// is asked for, no usage plan counts.
///
/// # Errors
/// 403 without a key, or with one that opens nothing here.
pub(super) fn check(
    subscriptions: &dyn Subscriptions,
    exchange: &mut Exchange<'_>,
    method: &CompiledMethod,
) -> Result<Option<Subscription>, Failure> {
    if !method.definition.api_key_required {
        return Ok(None);
    }
    let refused = || Failure::new(ResponseType::InvalidApiKey);
    let served = exchange.served;
    let key = match served.definition.rest_api.api_key_source.as_str() {
        "AUTHORIZER" => exchange.usage_key.clone(),
        _ => exchange.request.header("x-api-key").map(str::to_owned),
    };
    let key = key.ok_or_else(refused)?;
    let (api, stage) = (&served.definition.rest_api.id, &served.stage.stage_name);
    let found = subscriptions.find(&served.region, api, stage, &key).ok_or_else(refused)?;
    let members = [("apiKey", Some(key.as_str())), ("apiKeyId", Some(&found.key_id))];
    context::add_identity(exchange.context_mut(), members);
    Ok(Some(found))
}

/// Counts a request against the plan's quota.
///
/// # Errors
/// 429 if nothing is left of it.
pub(super) fn count(exchange: &Exchange<'_>, subscription: &Subscription) -> Result<(), Failure> {
    if subscription.meter.take(subscription.quota.as_ref(), exchange.request.received) {
        return Ok(());
    }
    Err(Failure::new(ResponseType::QuotaExceeded))
}
