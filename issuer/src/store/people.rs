//! Accounts, their invitations and their sessions.

use bauta_spec::time::Moment;

use super::{Change, Store, StoreError, moment};
use crate::acts::NewAct;
use crate::lab::Operator;
use crate::secrets::{InvitationMac, NameMac, SessionMac, SubjectMac};
use crate::staff::{Actor, LabName, StaffRole};

/// An account that is to be made.
pub(crate) struct NewAccount<'a> {
    pub(crate) name: &'a Operator,
    /// By which it is looked for when somebody comes.
    pub(crate) name_mac: NameMac,
    pub(crate) lab: Option<&'a LabName>,
    pub(crate) role: StaffRole,
    pub(crate) made: Moment,
    pub(crate) invitation: &'a InvitationMac,
    pub(crate) invitation_expires: Moment,
}

/// Whose accounts somebody may look after, and with what weight a suspension counts.
#[derive(Clone, Copy)]
pub(crate) enum Reach<'a> {
    /// Those of one lab.
    Lab(&'a LabName),
    /// Everybody's.
    All,
}

/// What is kept of an account, without anything that lets anybody in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountEntry {
    /// Its name; stands beside what is done with it.
    pub name: String,
    /// Whom they work for; nobody's for those who look after all labs.
    pub lab: Option<String>,
    /// What they may do.
    pub role: StaffRole,
    /// When it was made.
    pub made: Moment,
    /// How far it has come.
    pub state: AccountState,
}

/// How far an account has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// Its invitation is not redeemed.
    Invited,
    /// It has a password, and no digits have been shown yet.
    Begun,
    /// It can be used.
    Active,
    /// It cannot be used, nor can its keys.
    Suspended,
}

impl AccountState {
    /// As it stands in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Begun => "begun",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

/// What somebody's password and digits are checked against.
pub(crate) struct Proofs {
    pub(crate) password_hash: Vec<u8>,
    pub(crate) sealed_totp: Vec<u8>,
}

/// What a try to begin a session gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Try {
    /// It was counted, and may go on.
    Counted,
    /// Too many were wrong.
    Locked,
}

/// When a session ends.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    /// Sessions begun up to then are over.
    pub(crate) begun_until: Moment,
    /// Sessions not seen since then are over.
    pub(crate) seen_until: Moment,
}

type Provable = (String, String, String, Vec<u8>, Vec<u8>);

type Entry = (String, String, String, i64, i64, bool, bool);

impl Change {
    /// Makes an account. `false` when the name is or was somebody's.
    pub(super) async fn add_account(&mut self, new: &NewAccount<'_>) -> Result<bool, StoreError> {
        if !self.take_name(new.name.as_str()).await? {
            return Ok(false);
        }
        let account = "INSERT INTO account (name, lab, role, made, invitation_mac, invitation_expires, name_mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = [
            new.name.as_str().into(),
            new.lab.map_or("", LabName::as_str).into(),
            new.role.word().into(),
            new.made.into(),
            new.invitation.into(),
            new.invitation_expires.into(),
            (&new.name_mac).into(),
        ];
        self.run(account, values).await?;
        Ok(true)
    }

    /// Takes a name for good. `false` when it is or was somebody's.
    pub(super) async fn take_name(&mut self, name: &str) -> Result<bool, StoreError> {
        let taken = "INSERT INTO staff_name (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
        Ok(self.run(taken, [name.into()]).await? == 1)
    }
}

impl Store {
    /// Makes accounts, all or none. `false` when one of the names is or was somebody's.
    pub(crate) async fn add_accounts(&self, new: &[(NewAccount<'_>, NewAct<'_>)]) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        for (account, _) in new {
            if !change.add_account(account).await? {
                return Ok(false);
            }
        }
        for (_, act) in new {
            change.write(*act).await?;
        }
        change.commit().await?;
        Ok(true)
    }

    /// Invites the owner of an account again, because the telephone with their digits is lost or the invitation was: password, digits and
    /// sessions end. `false` when there is no such account within reach.
    pub(crate) async fn invite_again(
        &self,
        name: &Operator,
        reach: Reach<'_>,
        invitation: &InvitationMac,
        expires: Moment,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let invited = "UPDATE account SET invitation_mac = $3, invitation_expires = $4, password_hash = NULL,
                 sealed_totp = NULL, active = FALSE
             WHERE name = $1 AND ($2 = '' OR lab = $2)";
        let values = [name.as_str().into(), reach.lab().into(), invitation.into(), expires.into()];
        if change.run(invited, values).await? == 0 {
            return Ok(false);
        }
        change.run("DELETE FROM session WHERE account = $1", [name.as_str().into()]).await?;
        change.write(act).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Whom an open invitation is for.
    pub(crate) async fn invited(&self, invitation: &InvitationMac, now: Moment) -> Result<Option<Actor>, StoreError> {
        let open = "SELECT name, lab, role FROM account
             WHERE invitation_mac = $1 AND invitation_expires > $2 AND suspended = 0";
        self.database.row(open, [invitation.into(), now.into()]).await?.map(actor).transpose()
    }

    /// Redeems an invitation: one statement, so it is redeemed once.
    pub(crate) async fn begin_account(
        &self,
        invitation: &InvitationMac,
        proofs: &Proofs,
        now: Moment,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let begun = "UPDATE account SET invitation_mac = NULL, password_hash = $3, sealed_totp = $4, totp_step = 0,
                 active = FALSE
             WHERE invitation_mac = $1 AND invitation_expires > $2 AND suspended = 0";
        let values = [
            invitation.into(),
            now.into(),
            proofs.password_hash.as_slice().into(),
            proofs.sealed_totp.as_slice().into(),
        ];
        let redeemed = change.run(begun, values).await? == 1;
        if redeemed {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(redeemed)
    }

    /// Another provider's tokens about this subject speak for the account from now on. `false` when there is no such account within reach,
    /// or the subject is somebody's already.
    pub(crate) async fn link(
        &self,
        name: &Operator,
        reach: Reach<'_>,
        subject: &SubjectMac,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let linked = "UPDATE account SET subject_mac = $3 WHERE name = $1 AND ($2 = '' OR lab = $2)
             AND NOT EXISTS (SELECT 1 FROM account other WHERE other.subject_mac = $3)";
        let values = [name.as_str().into(), reach.lab().into(), subject.into()];
        let linked = change.run(linked, values).await? == 1;
        if linked {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(linked)
    }

    /// Suspends an account and ends its sessions. `false` when there is none within reach.
    pub(crate) async fn suspend(&self, name: &Operator, reach: Reach<'_>, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let suspended = "UPDATE account SET suspended = CASE WHEN suspended > $3 THEN suspended ELSE $3 END
             WHERE name = $1 AND ($2 = '' OR lab = $2)";
        if change.run(suspended, [name.as_str().into(), reach.lab().into(), reach.weight().into()]).await? == 0 {
            return Ok(false);
        }
        change.run("DELETE FROM session WHERE account = $1", [name.as_str().into()]).await?;
        change.write(act).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Ends a suspension. A lab does not undo what was done above it: `false` then, and when there is no such account within reach.
    pub(crate) async fn resume(&self, name: &Operator, reach: Reach<'_>, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let resumed = "UPDATE account SET suspended = 0 WHERE name = $1 AND ($2 = '' OR lab = $2) AND suspended <= $3";
        let values = [name.as_str().into(), reach.lab().into(), reach.weight().into()];
        let resumed = change.run(resumed, values).await? == 1;
        if resumed {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(resumed)
    }

    /// All accounts within reach, by name.
    pub(crate) async fn accounts(&self, reach: Reach<'_>) -> Result<Vec<AccountEntry>, StoreError> {
        let all =
            "SELECT name, lab, role, made, suspended, active OR subject_mac IS NOT NULL, password_hash IS NOT NULL
             FROM account WHERE $1 = '' OR lab = $1 ORDER BY name";
        let rows: Vec<Entry> = self.database.rows(all, [reach.lab().into()]).await?;
        rows.into_iter().map(entry).collect()
    }

    /// Whether there is or was anybody who enrols labs.
    pub(crate) async fn has_officers(&self) -> Result<bool, StoreError> {
        let some = "SELECT COUNT(*) FROM account WHERE role = 'enrolment-officer'";
        let counted: Option<(i64,)> = self.database.row(some, []).await?;
        Ok(counted.is_some_and(|(officers,)| officers > 0))
    }

    /// Counts a try to begin a session under a name, whether or not it is anybody's. One statement, so no more than `tries` get through
    /// however many come at once.
    pub(crate) async fn count_try(
        &self,
        name: &NameMac,
        now: Moment,
        tries: u32,
        locked_until: Moment,
    ) -> Result<Try, StoreError> {
        let counted = "INSERT INTO session_try (name_mac, tries, locked_until, last) VALUES ($1, 1, 0, $2)
             ON CONFLICT (name_mac) DO UPDATE SET
                 locked_until = CASE WHEN session_try.tries + 1 >= $3 THEN $4 ELSE session_try.locked_until END,
                 tries = CASE WHEN session_try.tries + 1 >= $3 THEN 0 ELSE session_try.tries + 1 END, last = $2
             WHERE session_try.locked_until <= $2";
        let values = [name.into(), now.into(), tries.into(), locked_until.into()];
        Ok(if self.database.run(counted, values).await? == 1 { Try::Counted } else { Try::Locked })
    }

    /// What an account's owner must prove, if it can be used or its first digits are still to be shown. What was typed as its name does not
    /// get to the database, whose log may hold what it is asked.
    pub(crate) async fn proofs(&self, name: &NameMac) -> Result<Option<(Actor, Proofs)>, StoreError> {
        let usable = "SELECT name, lab, role, password_hash, sealed_totp FROM account
             WHERE name_mac = $1 AND suspended = 0 AND password_hash IS NOT NULL AND sealed_totp IS NOT NULL";
        let row: Option<Provable> = self.database.row(usable, [name.into()]).await?;
        row.map(|(name, lab, role, password_hash, sealed_totp)| {
            Ok((actor((name, lab, role))?, Proofs { password_hash, sealed_totp }))
        })
        .transpose()
    }

    /// Password and digits were right: uses up the digits' time step and begins a session. `false` when the step was used, or the account
    /// was suspended or its proofs changed meanwhile: one statement decides.
    pub(crate) async fn begin_session(
        &self,
        checked: &Proofs,
        step: u64,
        session: &SessionMac,
        tried: &NameMac,
        act: NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let name = act.actor.name().as_str();
        let mut change = self.database.change().await?;
        let used = "UPDATE account SET totp_step = $2, active = TRUE
             WHERE name = $1 AND totp_step < $2 AND suspended = 0 AND password_hash = $3 AND sealed_totp = $4";
        let values =
            [name.into(), step.into(), checked.password_hash.as_slice().into(), checked.sealed_totp.as_slice().into()];
        if change.run(used, values).await? == 0 {
            return Ok(false);
        }
        let begun = "INSERT INTO session (token_mac, account, begun, seen) VALUES ($1, $2, $3, $3)";
        change.run(begun, [session.into(), name.into(), act.at.into()]).await?;
        change.run("DELETE FROM session_try WHERE name_mac = $1", [tried.into()]).await?;
        change.write(act).await?;
        change.commit().await?;
        Ok(true)
    }

    /// Whose session this is, if it goes on and its account is in force: one statement. That it was seen is noted once a minute.
    pub(crate) async fn session(
        &self,
        token: &SessionMac,
        now: Moment,
        ends: Ends,
    ) -> Result<Option<Actor>, StoreError> {
        let goes_on = "SELECT account.name, account.lab, account.role, session.seen
             FROM session JOIN account ON account.name = session.account
             WHERE session.token_mac = $1 AND session.begun > $2 AND session.seen > $3
                 AND account.active AND account.suspended = 0";
        let values = [token.into(), ends.begun_until.into(), ends.seen_until.into()];
        let row: Option<(String, String, String, i64)> = self.database.row(goes_on, values).await?;
        let Some((name, lab, role, seen)) = row else { return Ok(None) };
        let note_again = moment(seen)?.unix() + SEEN_SECONDS;
        if now.unix() >= note_again {
            let seen = "UPDATE session SET seen = $2 WHERE token_mac = $1 AND seen < $2";
            self.database.run(seen, [token.into(), now.into()]).await?;
        }
        actor((name, lab, role)).map(Some)
    }

    /// Ends a session. `false` when there is none.
    pub(crate) async fn end_session(&self, token: &SessionMac, act: NewAct<'_>) -> Result<bool, StoreError> {
        let mut change = self.database.change().await?;
        let ended = change.run("DELETE FROM session WHERE token_mac = $1", [token.into()]).await? == 1;
        if ended {
            change.write(act).await?;
            change.commit().await?;
        }
        Ok(ended)
    }

    /// Of whom another provider speaks, if the account is in force.
    pub(crate) async fn account_of(&self, subject: &SubjectMac) -> Result<Option<Actor>, StoreError> {
        let linked = "SELECT name, lab, role FROM account WHERE subject_mac = $1 AND suspended = 0";
        self.database.row(linked, [subject.into()]).await?.map(actor).transpose()
    }

    /// Forgets sessions that are over and tries of long ago.
    pub(crate) async fn forget_sessions(&self, ends: Ends, tries_until: Moment) -> Result<(), StoreError> {
        let over = "DELETE FROM session WHERE begun <= $1 OR seen <= $2";
        self.database.run(over, [ends.begun_until.into(), ends.seen_until.into()]).await?;
        self.database.run("DELETE FROM session_try WHERE last <= $1", [tries_until.into()]).await?;
        Ok(())
    }
}

/// So often it is noted that a session was seen.
const SEEN_SECONDS: u64 = 60;

impl<'a> Reach<'a> {
    /// The lab; nothing for all labs.
    pub(super) fn lab(self) -> &'a str {
        match self {
            Self::Lab(lab) => lab.as_str(),
            Self::All => "",
        }
    }

    fn weight(self) -> u32 {
        match self {
            Self::Lab(_) => 1,
            Self::All => 2,
        }
    }
}

/// Somebody who is let in by an account or a key.
pub(super) fn actor((name, lab, role): (String, String, String)) -> Result<Actor, StoreError> {
    let name = name.parse().map_err(|_| StoreError::Damaged("name"))?;
    let lab = match lab.as_str() {
        "" => None,
        lab => Some(lab.parse().map_err(|_| StoreError::Damaged("lab"))?),
    };
    Ok(Actor::let_in(name, lab, StaffRole::of(&role).ok_or(StoreError::Damaged("role"))?))
}

fn entry((name, lab, role, made, suspended, active, begun): Entry) -> Result<AccountEntry, StoreError> {
    let state = match (suspended > 0, active, begun) {
        (true, _, _) => AccountState::Suspended,
        (false, true, _) => AccountState::Active,
        (false, false, true) => AccountState::Begun,
        (false, false, false) => AccountState::Invited,
    };
    Ok(AccountEntry {
        name,
        lab: (!lab.is_empty()).then_some(lab),
        role: StaffRole::of(&role).ok_or(StoreError::Damaged("role"))?,
        made: moment(made)?,
        state,
    })
}
