//! `AWS_DISABLE_HOST_PREFIX_INJECTION`, which the Rust SDK does not implement.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::endpoint::EndpointPrefix;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// Leaves an operation's prefix out of the host's name, if the environment asks for it.
///
/// An operation puts its prefix into the state of its interceptors before anything else runs
/// (`read_before_execution`), and it is read when the endpoint is applied, in each attempt. In
/// between it can be taken out, before the request is signed with its host.
#[derive(Debug, Clone, Copy)]
pub struct WithoutHostPrefix {
    pub(super) disabled: bool,
}

#[dyn_dispatch_hint]
impl Intercept for WithoutHostPrefix {
    fn name(&self) -> &'static str {
        "WithoutHostPrefix"
    }

    fn modify_before_serialization(
        &self,
        _context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if self.disabled {
            config.interceptor_state().unset::<EndpointPrefix>();
        }
        Ok(())
    }
}
