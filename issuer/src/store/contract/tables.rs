//! The tables themselves: of other versions, beside other replicas, and at the ends of their numbers. Promises run `on_sqlite` and
//! `on_postgres`.

use super::*;

pub(super) async fn the_newest_trust_list_stays(replicas: Replicas) {
    assert_eq!(replicas.0.trust_list().await.unwrap(), None);
    replicas.0.answers().await.unwrap();
    let keep = |store: Store, version: u64| async move {
        let version = u32::try_from(version).unwrap();
        store.keep_trust_list(version, &version.to_be_bytes()).await.unwrap();
    };
    replicas.at_once(20, keep).await;
    assert_eq!(replicas.1.trust_list().await.unwrap(), Some(19_u32.to_be_bytes().to_vec()));
}

pub(super) async fn numbers_beyond_the_database_are_the_last_ones(replicas: Replicas) {
    let end = Moment::from_unix(u64::MAX);
    let example = Example { expires: end, ..Example::plain(1) };
    example.add_to(&replicas.0).await;
    assert!(replicas.1.waiting(&example.code, LATER).await.unwrap().is_some());
    assert!(replicas.1.waiting(&example.code, end).await.unwrap().is_none());
    assert_eq!(replicas.1.withdrawn_after(u64::MAX, u32::MAX).await.unwrap(), []);
}

/// What another replica is changing right now is left to it: nobody waits, nobody does it twice.
#[test]
fn background_work_passes_over_what_another_replica_is_busy_with() {
    let cluster = Cluster::shared();
    held(&cluster.database(), async |replicas: Replicas| {
        for number in 0..3 {
            Example { expires: NOW, added: TODAY.minus(400), ..Example::plain(number) }.add_to(&replicas.0).await;
        }
        let mut busy = replicas.0.database.change().await.unwrap();
        assert!(matches!(busy, Change::Postgres(_)));
        let handle = &Example::new(0).handle;
        busy.run("UPDATE result SET state = 'withdrawn' WHERE handle = $1", [handle.into()]).await.unwrap();
        assert_eq!(replicas.1.expire(NOW).await.unwrap(), 2);
        assert_eq!(replicas.1.forget_before(TODAY, TODAY, TODAY).await.unwrap(), 2);
        // A change that is dropped ends some time later, and this one must have ended.
        busy.commit().await.unwrap();
        assert_eq!(replicas.1.expire(NOW).await.unwrap(), 1);
        assert_eq!(replicas.1.forget_before(TODAY, TODAY, TODAY).await.unwrap(), 1);
    });
}

#[test]
fn a_database_that_version_0_1_wrote_is_opened_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bauta.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        use sqlx::Connection as _;
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&file).create_if_missing(true);
        let mut old = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(include_str!("../../../tests/databases/sqlite-at-migration-3.sql"))
            .execute(&mut old)
            .await
            .unwrap();
        old.close().await.unwrap();

        let store = Store::open(&DatabaseAddress::Sqlite(file), None).await.unwrap();
        let (lab, day) = (name("city-lab"), Day::new(20_780));
        let count = |progress, number| Count { day, progress, number };
        let counts = [count(Progress::Collected, 1), count(Progress::Waiting, 2), count(Progress::Withdrawn, 1)];
        assert_eq!(store.counts(&lab).await.unwrap(), counts);
        assert_eq!(store.trust_list().await.unwrap(), Some(vec![0x83, 0x01, 0x58]));
        let handle = "c3c246d3beb10e2bd3a5573a2fc1d17f".parse().unwrap();
        store.withdraw(&lab, &Which::Handle(handle), day, some_act()).await.unwrap();
        let withdrawn = store.withdrawn_after(1, 10).await.unwrap();
        assert_eq!(withdrawn, [(2, handle)], "numbers go on where they were");
    });
}

/// What a newer version adds is no obstacle to this one: a replica that starts again while the others are already newer.
#[test]
fn tables_that_a_newer_version_has_made_are_opened() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bauta.db").to_str().unwrap().to_owned();
    let cluster = Cluster::shared();
    for address in [file, cluster.database()] {
        let address: DatabaseAddress = address.parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let newer = Store::open(&address, None).await.unwrap();
            for added in [
                "ALTER TABLE result ADD COLUMN colour TEXT",
                "CREATE TABLE later (one INTEGER PRIMARY KEY)",
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 SELECT 9999, 'later', success, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
            ] {
                newer.database.run(added, []).await.unwrap();
            }
            let older = Store::open(&address, None).await.unwrap();
            assert!(older.change_lab(LabChange::Enrol(&lab(LAB)), enrolment()).await.unwrap());
            let example = Example::new(1);
            assert!(example.add_to(&older).await.is_none());
            assert!(newer.redeem(&example.code, &binding(1), NOW).await.unwrap().is_some());
        });
    }
}

/// Two replicas of version 0.1 add and redeem, by the statements of that version, while two of this one start.
#[test]
fn tables_are_brought_up_to_date_while_replicas_of_a_version_before_go_on() {
    use sqlx::migrate::Migrator;
    use std::sync::atomic::{AtomicBool, Ordering};

    const TASKS: u8 = 6;
    let cluster = Cluster::shared();
    let address = cluster.database();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let before = sqlx::PgPool::connect(&address).await.unwrap();
        let all = sqlx::migrate!("migrations/postgres");
        let first = all.iter().filter(|step| step.version <= 3).cloned().collect();
        Migrator::with_migrations(first).run(&before).await.unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let (before, over) = (before.clone(), Arc::clone(&over));
            tasks.spawn(async move {
                let mut done = 0_u64;
                while !over.load(Ordering::Relaxed) {
                    let mut name = [task; 32];
                    name[8..16].copy_from_slice(&done.to_be_bytes());
                    let (handle, name) = (&name[..16], &name[..]);
                    let mut change = before.begin().await?;
                    let result = "INSERT INTO result (handle, lab, operator, reference_mac, added_day, state)
                         VALUES ($1, 'lab', 'desk', $2, 20800, 'waiting')";
                    sqlx::query(result).bind(handle).bind(name).execute(&mut *change).await?;
                    let pending =
                        "INSERT INTO pending (handle, code_mac, sealed_facts, expires) VALUES ($1, $2, $2, 1800100000)";
                    sqlx::query(pending).bind(handle).bind(name).execute(&mut *change).await?;
                    change.commit().await?;
                    let redeem = "UPDATE pending SET binding = $1 WHERE code_mac = $1 AND binding IS NULL";
                    sqlx::query(redeem).bind(name).execute(&before).await?;
                    done += 1;
                }
                Ok::<u64, sqlx::Error>(done)
            });
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let address: DatabaseAddress = address.parse().unwrap();
        let (here, there) = tokio::join!(Store::open(&address, None), Store::open(&address, None));
        let (here, there) = (here.unwrap(), there.unwrap());
        tokio::time::sleep(Duration::from_millis(300)).await;
        over.store(true, Ordering::Relaxed);
        let mut done = 0;
        while let Some(task) = tasks.join_next().await {
            done += task.unwrap().expect("no statement of the version before fails");
        }
        println!("{done} results were added and redeemed meanwhile");
        assert!(done > u64::from(TASKS), "too few to say anything: {done}");
        assert_eq!(here.count_waiting().await.unwrap(), Waiting { unused: 0, redeemed: done });
        assert!(there.change_lab(LabChange::Enrol(&lab(LAB)), enrolment()).await.unwrap());
        assert!(Example::new(1).add_to(&there).await.is_none(), "and this version works on them");
    });
}
