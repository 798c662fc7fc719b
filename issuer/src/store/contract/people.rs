//! Accounts, sessions and proposals; each promise runs `on_sqlite` and `on_postgres`.

use std::sync::Arc;

use bauta_spec::time::Moment;

use super::{LATER, NOW, Replicas, TODAY};
use crate::acts::NewAct;
use crate::lab::Operator;
use crate::secrets::{Secrets, ServerSecret};
use crate::staff::{Actor, LabName, StaffRole};
use crate::store::{AccountState, Approval, Approved, Ends, LabChange, NewAccount, Proofs, Reach, Store, Try};
use crate::testing::{seeded, some_act};

/// Everything that the tests here make secret.
fn secrets() -> Secrets {
    ServerSecret::generate(&mut seeded(1)).derive()
}

fn who(name: &str) -> Operator {
    name.parse().unwrap()
}

fn invitation(name: &str) -> crate::secrets::InvitationMac {
    secrets().invitation_mac(&secrets().half_mac(name.as_bytes()), b"second")
}

/// By somebody with an account.
fn act_of(actor: &Actor) -> NewAct<'_> {
    NewAct { actor, ..some_act() }
}

fn officer(name: &str) -> Actor {
    Actor::let_in(who(name), None, StaffRole::EnrolmentOfficer)
}

async fn hire(store: &Store, name: &str, role: StaffRole, lab: Option<&LabName>) -> bool {
    let (name, invitation) = (who(name), invitation(name));
    let name_mac = secrets().name_mac(name.as_str());
    let new =
        NewAccount { name: &name, name_mac, lab, role, made: NOW, invitation: &invitation, invitation_expires: LATER };
    store.add_accounts(&[(new, some_act())]).await.unwrap()
}

fn proofs() -> Proofs {
    Proofs { password_hash: b"hash".to_vec(), sealed_totp: b"sealed".to_vec() }
}

/// Everything but the digits has been shown.
async fn begun(store: &Store, name: &str, role: StaffRole, lab: Option<&LabName>) {
    assert!(hire(store, name, role, lab).await);
    assert!(store.begin_account(&invitation(name), &proofs(), NOW, some_act()).await.unwrap());
}

async fn comes(store: &Store, name: &str, step: u64, token: &[u8], at: Moment) -> bool {
    let (actor, _) = store.proofs(&secrets().name_mac(name)).await.unwrap().unwrap();
    let (session, tried) = (secrets().session_mac(token), secrets().name_mac(name));
    let act = NewAct { actor: &actor, at, ..some_act() };
    store.begin_session(&proofs(), step, &session, &tried, act).await.unwrap()
}

fn ends(at: Moment) -> Ends {
    let before = |seconds| Moment::from_unix(at.unix() - seconds);
    Ends { begun_until: before(1000), seen_until: before(200) }
}

async fn is_in(store: &Store, token: &[u8], at: Moment) -> bool {
    store.session(&secrets().session_mac(token), at, ends(at)).await.unwrap().is_some()
}

pub(super) async fn a_name_is_given_once_to_an_account_or_a_key(replicas: Replicas) {
    for round in 0..10 {
        let given = replicas.at_once(12, |store, one| async move {
            let name = format!("name-{round}");
            if one % 3 == 0 {
                let mac = secrets().api_key_mac(&[round, one as u8]);
                store.add_api_key(&name, StaffRole::Office, None, &mac, TODAY, some_act()).await.unwrap()
            } else {
                let (name, invitation) =
                    (who(&name), secrets().invitation_mac(&secrets().half_mac(b"x"), &[round, one as u8]));
                let new = NewAccount {
                    name: &name,
                    name_mac: secrets().name_mac(name.as_str()),
                    lab: None,
                    role: StaffRole::Auditor,
                    made: NOW,
                    invitation: &invitation,
                    invitation_expires: LATER,
                };
                store.add_accounts(&[(new, some_act())]).await.unwrap()
            }
        });
        assert_eq!(given.await.iter().filter(|first| **first).count(), 1, "round {round}");
    }
    // Two at once are made together or not at all.
    let (new, taken) = (who("new"), who("name-0"));
    let (one, two) = (invitation("one"), invitation("two"));
    let account = |name, invitation| NewAccount {
        name,
        name_mac: secrets().name_mac(Operator::as_str(name)),
        lab: None,
        role: StaffRole::EnrolmentOfficer,
        made: NOW,
        invitation,
        invitation_expires: LATER,
    };
    let both = [(account(&new, &one), some_act()), (account(&taken, &two), some_act())];
    assert!(!replicas.0.add_accounts(&both).await.unwrap());
    assert!(!replicas.1.has_officers().await.unwrap());
}

pub(super) async fn an_invitation_is_redeemed_once(replicas: Replicas) {
    for round in 0..10 {
        let name = format!("nurse-{round}");
        assert!(hire(&replicas.0, &name, StaffRole::Auditor, None).await);
        let mac = Arc::new(invitation(&name));
        let owner = replicas.1.invited(&mac, NOW).await.unwrap().unwrap();
        assert_eq!((owner.name().as_str(), owner.role()), (name.as_str(), Some(StaffRole::Auditor)));
        assert!(replicas.1.invited(&mac, LATER).await.unwrap().is_none(), "too late");
        assert!(!replicas.0.begin_account(&mac, &proofs(), LATER, some_act()).await.unwrap());
        let redeemed = replicas.at_once(12, |store, one| {
            let mac = Arc::clone(&mac);
            async move {
                let proofs = Proofs { password_hash: vec![one as u8], sealed_totp: vec![one as u8] };
                store.begin_account(&mac, &proofs, NOW, some_act()).await.unwrap().then_some(one as u8)
            }
        });
        let redeemed: Vec<u8> = redeemed.await.into_iter().flatten().collect();
        assert_eq!(redeemed.len(), 1);
        let (_, kept) = replicas.0.proofs(&secrets().name_mac(&name)).await.unwrap().unwrap();
        assert_eq!((kept.password_hash, kept.sealed_totp), (redeemed.clone(), redeemed), "the winner's, both of them");
        assert!(replicas.0.invited(&mac, NOW).await.unwrap().is_none());
    }
    let unknown = invitation("stranger");
    assert!(!replicas.0.begin_account(&unknown, &proofs(), NOW, some_act()).await.unwrap());
}

pub(super) async fn digits_begin_one_session(replicas: Replicas) {
    begun(&replicas.0, "nurse", StaffRole::Auditor, None).await;
    for step in [10, 11, 20] {
        let came = replicas
            .at_once(12, |store, one| async move { comes(&store, "nurse", step, &[step as u8, one as u8], NOW).await });
        assert_eq!(came.await.iter().filter(|came| **came).count(), 1, "step {step}");
    }
    assert!(!comes(&replicas.1, "nurse", 15, b"earlier", NOW).await, "digits of before do not count after later ones");
    assert!(!is_in(&replicas.0, b"earlier", NOW).await);
}

pub(super) async fn tries_under_any_name_are_counted(replicas: Replicas) {
    begun(&replicas.0, "nurse", StaffRole::Auditor, None).await;
    let rest = Moment::from_unix(NOW.unix() + 900);
    for name in ["nurse", "nobody"] {
        let tried = replicas.at_once(24, |store, _| async move {
            store.count_try(&secrets().name_mac(name), NOW, 5, rest).await.unwrap()
        });
        assert_eq!(tried.await.iter().filter(|tried| **tried == Try::Counted).count(), 5, "{name}");
        let later = replicas.0.count_try(&secrets().name_mac(name), rest, 5, LATER).await.unwrap();
        assert_eq!(later, Try::Counted, "{name}");
    }
    assert!(comes(&replicas.0, "nurse", 1, b"token", NOW).await);
    let mac = secrets().name_mac("nurse");
    for number in 0..6 {
        let expected = if number < 5 { Try::Counted } else { Try::Locked };
        assert_eq!(replicas.1.count_try(&mac, NOW, 5, rest).await.unwrap(), expected, "right ones forgive");
    }
    replicas.0.forget_sessions(ends(NOW), NOW).await.unwrap();
    assert_eq!(replicas.1.count_try(&mac, NOW, 5, rest).await.unwrap(), Try::Counted, "it is long ago");
}

pub(super) async fn a_session_ends_when_it_is_old_or_idle(replicas: Replicas) {
    begun(&replicas.0, "nurse", StaffRole::Auditor, None).await;
    assert!(comes(&replicas.0, "nurse", 1, b"token", NOW).await);
    let at = |seconds: u64| Moment::from_unix(NOW.unix() + seconds);
    for seconds in [0, 59, 100, 290, 480, 670, 860, 990] {
        assert!(is_in(&replicas.1, b"token", at(seconds)).await, "{seconds}: it was seen less than 200 seconds before");
    }
    assert!(!is_in(&replicas.1, b"token", at(1000)).await, "too old");
    assert!(!is_in(&replicas.1, b"another", at(1)).await);
    assert!(comes(&replicas.0, "nurse", 2, b"idle", at(2000)).await);
    assert!(is_in(&replicas.1, b"idle", at(2199)).await);
    assert!(comes(&replicas.0, "nurse", 3, b"idle too", at(2000)).await);
    assert!(!is_in(&replicas.1, b"idle too", at(2200)).await);
    replicas.0.forget_sessions(ends(at(2200)), NOW).await.unwrap();
    assert!(!is_in(&replicas.1, b"idle too", at(2001)).await, "it is forgotten");
    assert!(is_in(&replicas.1, b"idle", at(2201)).await);
    assert!(replicas.1.end_session(&secrets().session_mac(b"idle"), some_act()).await.unwrap());
    assert!(!is_in(&replicas.0, b"idle", at(2201)).await);
    assert!(!replicas.1.end_session(&secrets().session_mac(b"idle"), some_act()).await.unwrap());
}

pub(super) async fn whoever_is_suspended_is_out_at_once(replicas: Replicas) {
    let lab: LabName = "city-lab".parse().unwrap();
    let other: LabName = "other-lab".parse().unwrap();
    let (of_lab, of_other) = (Reach::Lab(&lab), Reach::Lab(&other));
    begun(&replicas.0, "admin", StaffRole::LabAdmin, Some(&lab)).await;
    let admin = Actor::let_in(who("admin"), Some(lab.clone()), StaffRole::LabAdmin);
    let (key, subject) = (secrets().api_key_mac(b"key"), secrets().subject_mac("https://id.example", "sub"));
    let made = replicas.0.add_api_key("lims", StaffRole::Operator, Some(&lab), &key, TODAY, act_of(&admin)).await;
    assert!(made.unwrap());
    assert!(!replicas.0.link(&who("admin"), of_other, &subject, some_act()).await.unwrap());
    assert!(replicas.0.link(&who("admin"), of_lab, &subject, some_act()).await.unwrap());
    let all_in = |store: Store, token: &'static [u8]| {
        let (key, subject) = (key.clone(), subject.clone());
        async move {
            [
                is_in(&store, token, NOW).await,
                store.api_key(&key).await.unwrap().is_some(),
                store.account_of(&subject).await.unwrap().is_some(),
            ]
        }
    };
    let mut step = 0;
    for (by, resumed_by, refused) in [(of_lab, of_lab, None), (Reach::All, Reach::All, Some(of_lab))] {
        step += 1;
        let token: &'static [u8] = if step == 1 { b"first" } else { b"second" };
        assert!(comes(&replicas.0, "admin", step, token, NOW).await);
        assert_eq!(all_in(replicas.1.clone(), token).await, [true; 3]);
        assert!(!replicas.0.suspend(&who("admin"), of_other, some_act()).await.unwrap());
        assert!(replicas.0.suspend(&who("admin"), by, some_act()).await.unwrap());
        assert_eq!(all_in(replicas.1.clone(), token).await, [false; 3], "on another replica, too");
        assert!(replicas.1.proofs(&secrets().name_mac("admin")).await.unwrap().is_none());
        if let Some(refused) = refused {
            replicas.1.suspend(&who("admin"), refused, some_act()).await.unwrap();
            assert!(!replicas.1.resume(&who("admin"), refused, some_act()).await.unwrap(), "it was done above the lab");
        }
        assert_eq!(replicas.1.accounts(of_lab).await.unwrap()[0].state, AccountState::Suspended);
        assert!(replicas.1.resume(&who("admin"), resumed_by, some_act()).await.unwrap());
        assert_eq!(all_in(replicas.1.clone(), token).await, [false, true, true], "a session is begun anew");
    }
    assert_eq!(replicas.1.accounts(of_other).await.unwrap(), []);
    // Whoever comes while being suspended is either too late or out again.
    for round in 0..20 {
        let name = format!("nurse-{round}");
        begun(&replicas.0, &name, StaffRole::Auditor, None).await;
        let race = replicas.at_once(2, |store, one| {
            let name = name.clone();
            async move {
                if one == round % 2 {
                    let mac = secrets().session_mac(name.as_bytes());
                    let actor = Actor::let_in(who(&name), None, StaffRole::Auditor);
                    let tried = secrets().name_mac(&name);
                    store.begin_session(&proofs(), 1, &mac, &tried, act_of(&actor)).await.unwrap();
                } else {
                    assert!(store.suspend(&who(&name), Reach::All, some_act()).await.unwrap());
                }
            }
        });
        race.await;
        assert!(!is_in(&replicas.0, name.as_bytes(), NOW).await, "round {round}");
        assert!(replicas.0.resume(&who(&name), Reach::All, some_act()).await.unwrap());
        assert!(!is_in(&replicas.0, name.as_bytes(), NOW).await, "round {round}: nothing of before is left");
    }
}

pub(super) async fn whoever_is_invited_again_begins_anew(replicas: Replicas) {
    begun(&replicas.0, "nurse", StaffRole::Auditor, None).await;
    assert!(comes(&replicas.0, "nurse", 5, b"token", NOW).await);
    let again = invitation("again");
    let lab: LabName = "city-lab".parse().unwrap();
    let nurse = who("nurse");
    let invite = |reach| replicas.1.invite_again(&nurse, reach, &again, LATER, some_act());
    assert!(!invite(Reach::Lab(&lab)).await.unwrap());
    assert!(invite(Reach::All).await.unwrap());
    assert!(!is_in(&replicas.0, b"token", NOW).await);
    assert!(replicas.0.proofs(&secrets().name_mac("nurse")).await.unwrap().is_none());
    assert_eq!(replicas.0.accounts(Reach::All).await.unwrap()[0].state, AccountState::Invited);
    assert!(replicas.0.begin_account(&again, &proofs(), NOW, some_act()).await.unwrap());
    assert_eq!(replicas.0.accounts(Reach::All).await.unwrap()[0].state, AccountState::Begun);
    assert!(comes(&replicas.0, "nurse", 5, b"new", NOW).await, "the digits are another secret's");
    assert_eq!(replicas.0.accounts(Reach::All).await.unwrap()[0].state, AccountState::Active);
}

pub(super) async fn a_proposal_is_approved_once_by_somebody_else(replicas: Replicas) {
    for name in ["one", "two", "three"] {
        begun(&replicas.0, name, StaffRole::EnrolmentOfficer, None).await;
    }
    let (one, two) = (officer("one"), officer("two"));
    let clinic = |round: u64| -> LabName { format!("clinic-{round}").parse().unwrap() };
    let approve = |store: Store, number: u64, round: u64, by: Actor| async move {
        let lab = super::lab(clinic(round).as_str());
        store.approve(number, &Approved::Lab(LabChange::Enrol(&lab)), act_of(&by), act_of(&by)).await.unwrap()
    };
    for round in 0..10 {
        let number = replicas.0.propose("{}", None, LATER, act_of(&one)).await.unwrap();
        assert_eq!(approve(replicas.1.clone(), number, round, one.clone()).await, Approval::NoProposal, "one's own");
        let approvals = replicas
            .at_once(12, |store, by| approve(store, number, round, officer(["two", "three"][(by % 2) as usize])));
        let approvals = approvals.await;
        assert_eq!(approvals.iter().filter(|approval| **approval == Approval::Done).count(), 1);
        assert!(approvals.iter().all(|approval| matches!(approval, Approval::Done | Approval::NoProposal)));
        assert!(replicas.0.lab(&clinic(round)).await.unwrap().is_some());
        assert!(!replicas.0.reject(number, act_of(&two)).await.unwrap(), "it is done");
    }
    // What cannot be done leaves its proposal open.
    let number = replicas.0.propose("{}", None, LATER, act_of(&one)).await.unwrap();
    assert_eq!(approve(replicas.1.clone(), number, 0, two.clone()).await, Approval::CannotBe);
    assert_eq!(replicas.1.proposals(NOW).await.unwrap().len(), 1);
    assert_eq!(replicas.1.proposals(LATER).await.unwrap().len(), 0);
    // Neither who proposed nor who approves may be suspended.
    for suspended in ["one", "two"] {
        replicas.0.suspend(&who(suspended), Reach::All, some_act()).await.unwrap();
        assert_eq!(approve(replicas.1.clone(), number, 77, two.clone()).await, Approval::NoProposal, "{suspended}");
        replicas.0.resume(&who(suspended), Reach::All, some_act()).await.unwrap();
    }
    // Rejected or too old, it is over.
    assert!(replicas.0.reject(number, act_of(&one)).await.unwrap());
    assert_eq!(approve(replicas.1.clone(), number, 77, two.clone()).await, Approval::NoProposal);
    let old = replicas.0.propose("{}", None, NOW, act_of(&one)).await.unwrap();
    assert_eq!(approve(replicas.1.clone(), old, 77, two).await, Approval::NoProposal);
    assert!(replicas.0.lab(&clinic(77)).await.unwrap().is_none());
}

/// Whoever had left, or been told to, since the copy was made must not come back with it.
pub(super) async fn a_copy_lets_nobody_in_who_came_before_it(replicas: Replicas) {
    begun(&replicas.0, "one", StaffRole::EnrolmentOfficer, None).await;
    begun(&replicas.0, "two", StaffRole::EnrolmentOfficer, None).await;
    assert!(hire(&replicas.0, "late", StaffRole::Auditor, None).await);
    assert!(comes(&replicas.0, "one", 1, b"token", NOW).await && is_in(&replicas.0, b"token", NOW).await);
    let number = replicas.0.propose("{}", None, LATER, act_of(&officer("one"))).await.unwrap();

    let restored = replicas.0.after_restore(some_act()).await.unwrap();
    assert_eq!(restored.accounts, 3);
    assert!(!is_in(&replicas.1, b"token", NOW).await, "no session goes on");
    assert!(!replicas.1.begin_account(&invitation("late"), &proofs(), NOW, some_act()).await.unwrap());
    let (lab, two) = (super::lab("clinic-1"), officer("two"));
    let enrolled = Approved::Lab(LabChange::Enrol(&lab));
    let approval = replicas.1.approve(number, &enrolled, act_of(&two), act_of(&two)).await.unwrap();
    assert_eq!(approval, Approval::NoProposal);
    assert!(comes(&replicas.1, "one", 2, b"anew", NOW).await, "who had begun comes with password and digits");
}
