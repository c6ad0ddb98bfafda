import type {
  ApplicationResource,
  ServiceResponse,
} from '@fairway/plugin-gitops-common';

/** Kinds that keep data. */
const KINDS = ['StatefulSet', 'PersistentVolumeClaim'];

/** API groups of operators whose objects are databases, queues and the like. */
const GROUPS = [
  'acid.zalan.do',
  'cassandra.datastax.com',
  'clickhouse.altinity.com',
  'databases.spotahome.com',
  'elasticsearch.k8s.elastic.co',
  'k8s.mariadb.com',
  'kafka.strimzi.io',
  'mongodbcommunity.mongodb.com',
  'mysql.oracle.com',
  'postgres-operator.crunchydata.com',
  'postgresql.cnpg.io',
  'rabbitmq.com',
  'scylla.scylladb.com',
];
const GROUP_SUFFIXES = ['.percona.com'];

function keepsDataItself({ group, kind }: ApplicationResource): boolean {
  return (
    KINDS.includes(kind) ||
    GROUPS.includes(group) ||
    GROUP_SUFFIXES.some(suffix => group.endsWith(suffix))
  );
}

/** True when something that a service runs keeps data, which Git does not restore. */
export function keepsData(
  service: Pick<ServiceResponse, 'environments' | 'otherApplications'>,
): boolean {
  return [
    ...service.environments.flatMap(({ applications }) => applications),
    ...service.otherApplications,
  ].some(({ resources }) => resources.some(keepsDataItself));
}
