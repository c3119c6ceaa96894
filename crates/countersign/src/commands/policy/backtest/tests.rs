use action::Quorum;

use super::*;

#[test]
fn each_kind_of_flip_has_its_name() {
    let hold = |quorum| Decision::Hold { quorum };
    let table = [
        (Decision::Permit, hold(Quorum::ANYONE), "permit → hold"),
        (hold(Quorum::PEER), Decision::Permit, "hold → permit"),
        (hold(Quorum::ANYONE), hold(Quorum::PEER), "hold → more people"),
        (hold(Quorum::TWO_WITH_OWNER), hold(Quorum::PEER), "hold → fewer people"),
        (hold(Quorum::TWO_WITH_OWNER), hold(Quorum::ADMIN), "hold → other people"),
        (hold(Quorum::PEER), Decision::Refuse, "hold → refuse"),
        (Decision::Refuse, hold(Quorum::PEER), "refuse → hold"),
        (Decision::Permit, Decision::Refuse, "permit → refuse"),
        (Decision::Refuse, Decision::Permit, "refuse → permit"),
    ];
    for (was, would, name) in table {
        assert_eq!(kind(&was, &would), name);
    }
}

#[test]
fn a_time_is_typed_in_four_ways() {
    let now = clock::now().0;
    for (typed, seconds) in [("14d", 14 * DAY), ("36h", 36 * HOUR)] {
        let since = since(typed).unwrap().0;
        assert!(now - since >= seconds * 1000 && now - since < seconds * 1000 + 60_000, "{typed}");
    }
    assert_eq!(since("1970-01-02").unwrap(), Moment(86_400_000));
    assert_eq!(since("1970-01-01T00:00:01Z").unwrap(), Moment(1000));
    for typed in ["", "d", "yesterday", "2026-13-01", "1.5d", "-3d", "14\u{202e}d"] {
        let complaint = since(typed).unwrap_err().to_string();
        assert!(complaint.contains("is no time\nhint: ") && !complaint.contains('\u{202e}'), "{typed:?}: {complaint}");
    }
}
