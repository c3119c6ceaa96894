use super::*;
use crate::provider::by_word;
use testkit::model_server::{ModelServer, Script};

#[test]
fn the_first_that_can_talk_is_taken() {
    let body = br#"{"object":"list","data":[{"id":"nomic-embed-text"},{"id":"qwen3","max_model_len":40960}]}"#;
    assert_eq!(pick(body), Some(Offered { name: "qwen3".into(), context: Some(40960) }));
    let llama = br#"{"data":[{"id":"m.gguf","meta":{"n_ctx":8192,"n_ctx_train":131072}}]}"#;
    assert_eq!(pick(llama), Some(Offered { name: "m.gguf".into(), context: Some(8192) }));
}

#[test]
fn a_page_that_is_no_list_is_passed_over() {
    for body in [&b"<html>"[..], b"{}", br#"{"data":[]}"#, br#"{"data":"x"}"#, b""] {
        assert_eq!(pick(body), None);
    }
}

#[test]
fn the_first_server_that_answers_is_found() {
    let server = ModelServer::start(Script::default());
    let (ollama, vllm) = (by_word("ollama").unwrap(), by_word("vllm").unwrap());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let found = first(&[(ollama, format!("http://{closed}/v1")), (vllm, format!("{}/v1", server.url()))]).unwrap();
    assert_eq!((found.provider.word, found.model.name.as_str()), ("vllm", "scripted"));
    assert!(first(&[(ollama, format!("http://{closed}/v1"))]).is_none());
}
