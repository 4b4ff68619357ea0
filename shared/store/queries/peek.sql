with who as (
    select id, services, training, role from users
    where id = $1 and on_duty and disabled_at is null
      and (select count(*) from tasks h where h.assignee = $1 and h.state = 'leased') <= capacity),
first as (
    select t.id from who cross join lateral unnest(who.services) as s (service) cross join lateral (
        select t.id from tasks t
        where t.state = 'open' and t.training = who.training and t.service = s.service
          and (t.look < 3 or who.role = 'supervisor')
          and not exists (select from task_exclusions e
                          where e.submission_id = t.submission_id and e.user_id = $1
                            and (e.revision is null or e.revision = t.revision) offset 0)
          and (t.urgent or t.preferred = $1 or t.reserved_until is null or t.reserved_until <= $2
               or not exists (select from users p
                              where p.id = t.preferred and p.on_duty and p.disabled_at is null
                                and p.training = t.training and t.service = any(p.services)))
        order by t.rank, t.id limit $3) as t),
pick as (
    select t.id, t.training, t.share, t.due_at, not t.urgent and t.reserved_until is null as plain
    from tasks t join submissions s on s.id = t.submission_id and s.stage = 'waiting' and not s.parked
    where t.id = any(array(select id from first)) and t.state = 'open'
    order by t.rank, t.preferred is distinct from $1, t.due_at, t.id limit 1),
older as (
    select o.id from tasks o
    join submissions s on s.id = o.submission_id and s.stage = 'waiting' and not s.parked
    where o.state = 'open' and not o.urgent and o.reserved_until is null
      and o.training = (select training from pick where plain)
      and o.share = (select share from pick where plain)
      and o.due_at < (select due_at from pick where plain)
      and o.service = any((select services from who)::text[])
      and (o.look < 3 or (select role from who) = 'supervisor')
      and not exists (select from task_exclusions e
                      where e.submission_id = o.submission_id and e.user_id = $1
                        and (e.revision is null or e.revision = o.revision) offset 0)
    order by o.due_at, o.id limit 1)
select coalesce(older.id, pick.id) as "id!" from pick left join older on true
