//! Our side of what a server may ask of a client: nothing. It offers no files, no model and no questions to the person; that
//! its tools are others now is noted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::ClientHandler;
use rmcp::model::{ClientCapabilities, ClientConfig, Implementation, ProtocolVersion};
use rmcp::service::{NotificationContext, RoleClient};

/// Hears what the server says unasked.
pub(super) struct Listener {
    changed: Arc<AtomicBool>,
}

impl Listener {
    pub(super) fn new(changed: Arc<AtomicBool>) -> Self {
        Self { changed }
    }
}

impl ClientHandler for Listener {
    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.store(true, Ordering::Release);
    }

    fn get_info(&self) -> ClientConfig {
        let own = Implementation::new("countersign", env!("CARGO_PKG_VERSION"));
        ClientConfig::new(ClientCapabilities::default(), own).with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
    }
}
