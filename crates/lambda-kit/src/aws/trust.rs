//! Whom the function trusts: Amazon's own roots where they are enough, the system's otherwise.

use super::endpoints::Endpoints;
use aws_smithy_http_client::tls::TrustStore;

/// Amazon Root CA 1 to 4 and Starfield Services Root CA - G2, as published by Amazon Trust Services
/// (<https://www.amazontrust.com/repository/>), which AWS asks clients to trust. They end in 2037
/// and later. Parsing five roots instead of the system's 140 takes a millisecond off a cold start.
const AMAZON_ROOTS: &str = include_str!("amazon-roots.pem");

/// The roots for these endpoints. A private endpoint (`AWS_ENDPOINT_URL=https://...`) may have any
/// certificate, and China's and the isolated regions' are not Amazon's: they get the system's.
pub(super) fn store(endpoints: &Endpoints) -> TrustStore {
    if endpoints.all_under_amazon_roots() {
        TrustStore::empty().with_pem_certificate(AMAZON_ROOTS)
    } else {
        TrustStore::default()
    }
}
