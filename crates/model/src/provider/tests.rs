use super::*;

#[test]
fn the_method_is_found_below_any_base() {
    for (word, base, method) in [
        ("anthropic", "https://api.anthropic.com", "https://api.anthropic.com/v1/messages"),
        ("anthropic", "https://gateway.example/claude/v1", "https://gateway.example/claude/v1/messages"),
        ("openai", "https://api.openai.com/v1", "https://api.openai.com/v1/responses"),
        ("openai", "http://127.0.0.1:9", "http://127.0.0.1:9/v1/responses"),
        ("chat", "http://127.0.0.1:9/s/1/v1", "http://127.0.0.1:9/s/1/v1/chat/completions"),
        ("llama.cpp", "http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
    ] {
        assert_eq!(by_word(word).unwrap().method(base), method);
    }
}

#[test]
fn the_list_is_beside_the_method() {
    assert_eq!(by_word("ollama").unwrap().list("http://127.0.0.1:11434/v1"), "http://127.0.0.1:11434/v1/models");
    assert_eq!(by_word("anthropic").unwrap().list("https://api.anthropic.com"), "https://api.anthropic.com/v1/models");
}

#[test]
fn words_are_unique_and_found() {
    for provider in &PROVIDERS {
        assert!(std::ptr::eq(by_word(provider.word).unwrap(), provider), "{}", provider.word);
    }
    assert!(by_word("nobody").is_none());
}
