use effects::*; use std::io::Read;
fn main(){
 let mut s=String::new(); std::io::stdin().read_to_string(&mut s).unwrap();
 let mut f=Facts{tree:"/home/ana/app".into(),home:"/home/ana".into(),..Default::default()};
 f.environments=vec![(action::Environment{name:action::EnvironmentName::new("production/region-1"),tier:action::Tier::Production,paths:vec!["/srv/prod/region-1".into()],hosts:vec!["cost.example.com".into()],remotes:vec!["git@example.com:ops/prod.git".into()],recovery:vec![]},action::Generation(1))];
 f.git=Some(GitFact{branch:"main".into(),dirty:150,untracked:3,remotes:vec![("origin".into(),"git@example.com:ops/prod.git".into())],upstream:Some("origin/main".into()),upstream_ahead:2,..Default::default()});
 f.reachable_hosts=vec!["crates.io".into()];
 f.scripts.insert("deploy.sh".into(),"#!/bin/bash\nset -e\nrm -rf \"$1\"/data\ncp -r build/* /srv/prod/region-1/\n".into());
 let place=if std::env::args().any(|a|a=="host"){Place::Host}else{Place::Boxed};
 for case in s.split("\n====\n"){
  let t=std::time::Instant::now(); let e=shell::read(case,&f,place); let d=t.elapsed();
  println!("$ {}   [{:?}]",case.trim(),d); for e in &e { println!("    [{} {:?}] {}",e.tier,e.certainty,e.line()); }
 }
}
