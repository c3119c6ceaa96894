//! Sentences in several languages, as criteria, stories and tasks have them.

use super::Tape;

/// What the words around the keywords are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
    Russian,
    Portuguese,
    Korean,
    Japanese,
    Indonesian,
}

impl Language {
    pub(crate) fn any(tape: &mut Tape<'_>) -> Self {
        tape.weighed(&[
            (80, Self::English),
            (8, Self::Chinese),
            (3, Self::Russian),
            (3, Self::Portuguese),
            (2, Self::Korean),
            (2, Self::Japanese),
            (2, Self::Indonesian),
        ])
    }

    /// Conditions, systems and reactions.
    fn words(self) -> [&'static [&'static str]; 3] {
        match self {
            Self::English => [
                &["a visitor adds an item", "the basket is empty", "the payment is declined twice", "a file of 2.1 MB or more arrives", "the session has ended"],
                &["Basket", "the system", "Order_Store", "`Mailer`"],
                &["show the sum", "keep the old order and say why", "send one letter, not two", "follow WCAG 2.1 Level AA", "answer within 3 seconds"],
            ],
            Self::Chinese => [&["用户提交订单", "购物车为空", "付款被拒绝"], &["系统", "订单服务"], &["显示总额", "保留旧订单并说明原因", "在 3 秒内回答"]],
            Self::Russian => [&["посетитель добавляет товар", "корзина пуста"], &["Корзина", "система"], &["показать сумму", "сохранить старый заказ"]],
            Self::Portuguese => [&["o visitante adiciona um item", "a cesta está vazia"], &["Cesta", "o sistema"], &["mostrar a soma", "manter o pedido antigo"]],
            Self::Korean => [&["방문자가 상품을 담으면", "장바구니가 비어 있으면"], &["장바구니", "시스템"], &["합계를 보여준다", "이전 주문을 보관한다"]],
            Self::Japanese => [&["利用者が商品を追加した", "かごが空である"], &["かご", "システム"], &["合計を表示する", "前の注文を残す"]],
            Self::Indonesian => [&["pengunjung menambah barang", "keranjang kosong"], &["Keranjang", "sistem"], &["menampilkan jumlah", "menyimpan pesanan lama"]],
        }
    }

    /// A criterion, with the keywords in about the proportions that occur.
    pub(crate) fn criterion(self, tape: &mut Tape<'_>) -> String {
        let [conditions, systems, reactions] = self.words();
        let condition = tape.pick(conditions);
        let system = tape.pick(systems);
        let reaction = tape.pick(reactions);
        let modal = tape.weighed(&[(149, "SHALL"), (7, "shall")]);
        let form = tape.weighed(&[(48, 0), (32, 1), (61, 2), (12, 3), (3, 4), (2, 5), (1, 6), (1, 7), (2, 8)]);
        if self == Self::Chinese && tape.odds(30) {
            return format!("当{condition}时，{system}应{reaction}");
        }
        match form {
            0 => format!("WHEN {condition}, THE {system} {modal} {reaction}"),
            1 => format!("WHEN {condition} THEN {system} {modal} {reaction}"),
            2 => format!("THE {system} {modal} {reaction}"),
            3 => format!("IF {condition}, THEN THE {system} {modal} {reaction}"),
            4 => format!("WHILE {condition}, THE {system} {modal} {reaction}"),
            5 => format!("WHERE {condition}, THE {system} {modal} {reaction}"),
            6 => format!("FOR ALL orders, THE {system} {modal} {reaction}"),
            7 => format!("WHILE {condition}, WHEN {condition}, THE {system} {modal} {reaction}"),
            _ => format!("{reaction}: {condition}"),
        }
    }

    /// A title or the text of a task: no mark at its ends, no number at its beginning.
    pub(crate) fn title(self, tape: &mut Tape<'_>) -> String {
        let [_, systems, reactions] = self.words();
        let system = tape.pick(systems).trim_matches('`');
        format!("{system} {}", tape.pick(reactions))
    }

    pub(crate) fn story(self, tape: &mut Tape<'_>) -> String {
        let [conditions, _, reactions] = self.words();
        match self {
            Self::English => format!("As a buyer, I want to {}, so that nothing is lost when {}", tape.pick(reactions), tape.pick(conditions)),
            _ => format!("{} — {}", tape.pick(conditions), tape.pick(reactions)),
        }
    }

    /// What a document in this language has where English has "Requirement".
    pub(crate) fn index(self) -> usize {
        self as usize
    }
}

/// The text in one or more lines, broken at spaces whose loss can be mended.
pub(crate) fn wrapped(text: &str, tape: &mut Tape<'_>, of_hundred: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().unwrap();
        let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii());
        let mendable = ascii(last.chars().next_back()) || ascii(word.chars().next());
        let marked = word.starts_with(['-', '#', '|', '*', '+', '>', '—', '`', '_']) || word.ends_with('.') || word.ends_with(':');
        if !last.is_empty() && mendable && !marked && tape.odds(of_hundred) {
            lines.push(word.to_owned());
        } else {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}
