//! Operations of AWS that this API Gateway refuses by name, so that none seems to have worked.

use super::call::{Answer, Call};
use super::error::Error;
use super::page::page;
use crate::store::Region;

macro_rules! refuse {
    ($($operation:ident: $name:literal),* $(,)?) => {
        $(pub(super) fn $operation(_: &Call<'_>, _: &mut Region) -> Answer {
            Err(Error::Unsupported($name))
        })*
    };
}

refuse! {
    create_domain_name_access_association: "CreateDomainNameAccessAssociation",
    delete_domain_name_access_association: "DeleteDomainNameAccessAssociation",
    generate_client_certificate: "GenerateClientCertificate",
    get_domain_name_access_associations: "GetDomainNameAccessAssociations",
    get_sdk: "GetSdk",
    get_sdk_type: "GetSdkType",
    get_sdk_types: "GetSdkTypes",
    reject_domain_name_access_association: "RejectDomainNameAccessAssociation",
    test_invoke_authorizer: "TestInvokeAuthorizer",
    test_invoke_method: "TestInvokeMethod",
}

/// `GetClientCertificates`: as none can be generated, there is none.
pub(super) fn client_certificates(call: &Call<'_>, _: &mut Region) -> Answer {
    page(call, std::iter::empty::<(&str, ())>())
}

/// A client certificate by its id, which cannot be there.
pub(super) fn client_certificate(_: &Call<'_>, _: &mut Region) -> Answer {
    Err(Error::not_found("Invalid Client Certificate ID specified"))
}
