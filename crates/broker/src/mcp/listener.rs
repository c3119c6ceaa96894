//! Our side of what a server may ask of a client. It offers no files and no model. A question to the person goes to whoever
//! waits for the call, if anybody does; that its tools are others now is noted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::ClientHandler;
use rmcp::model::{
    ClientCapabilities, ClientConfig, ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationCapability, ErrorData,
    FormElicitationCapability, Implementation, ProtocolVersion,
};
use rmcp::service::{NotificationContext, RequestContext, RoleClient};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::question::{Question, Reply};

/// A question, and where its answer goes.
pub(super) type Asked = (Question, oneshot::Sender<Reply>);

/// Hears what the server says unasked.
pub(super) struct Listener {
    changed: Arc<AtomicBool>,
    questions: mpsc::Sender<Asked>,
}

impl Listener {
    pub(super) fn new(changed: Arc<AtomicBool>, questions: mpsc::Sender<Asked>) -> Self {
        Self { changed, questions }
    }

    /// The person's answer; `None` where there is none.
    async fn answer(&self, message: &str, schema: &Value) -> Option<Value> {
        let question = Question::read(message, schema)?;
        let (answer, answered) = oneshot::channel();
        self.questions.send((question.clone(), answer)).await.ok()?;
        match answered.await.ok()? {
            Reply::Accept(given) => question.filled(given).map(Value::Object),
            Reply::Decline => None,
        }
    }
}

impl ClientHandler for Listener {
    async fn create_elicitation(&self, request: ElicitRequestParams, _: RequestContext<RoleClient>) -> Result<ElicitResult, ErrorData> {
        let answer = match request {
            ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } => {
                let schema = serde_json::to_value(requested_schema).unwrap_or_default();
                self.answer(&message, &schema).await
            }
            _ => None,
        };
        Ok(match answer {
            Some(content) => ElicitResult::new(ElicitationAction::Accept).with_content(content),
            None => ElicitResult::new(ElicitationAction::Decline),
        })
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.changed.store(true, Ordering::Release);
    }

    fn get_info(&self) -> ClientConfig {
        let own = Implementation::new("countersign", env!("CARGO_PKG_VERSION"));
        let mut capabilities = ClientCapabilities::default();
        capabilities.elicitation = Some(ElicitationCapability::new().with_form(FormElicitationCapability::default()));
        ClientConfig::new(capabilities, own).with_protocol_version(ProtocolVersion::LATEST_WITH_INITIALIZE)
    }
}
