import type { ForgeCore } from '../ForgeCore';
import { labelsOf } from '../labels';
import type { CommitInfo } from '../reading';
import type {
  Comment,
  CommitStatus,
  Label,
  PullRequest,
  RepositoryRecord,
  Webhook,
} from '../types';

/** A user, in the form of Gitea's API. */
export function userJson(core: ForgeCore, login: string) {
  const user = core.findUser(login);
  const known = core.users.findIndex(one => one.login === login);
  return {
    id: known + 1,
    login: user.login,
    login_name: '',
    username: user.login,
    full_name: user.name,
    email: user.email,
    avatar_url: '',
    html_url: `${core.url}/`,
    language: '',
    is_admin: user.login === core.account.login,
    active: true,
  };
}

/** An organisation, in the form of Gitea's API. */
export function organisationJson(core: ForgeCore, name: string) {
  return {
    id: core.store.organisations().indexOf(name) + 1,
    name,
    username: name,
    full_name: name,
    email: '',
    avatar_url: '',
    description: '',
    website: '',
    location: '',
    visibility: 'public',
    repo_admin_change_team_access: false,
  };
}

/** A repository, in the form of Gitea's API. */
export function repositoryJson(core: ForgeCore, record: RepositoryRecord) {
  const fullName = `${record.owner}/${record.name}`;
  const page = `${core.url}/${fullName}`;
  return {
    id: record.id,
    owner: organisationJson(core, record.owner),
    name: record.name,
    full_name: fullName,
    description: record.description,
    private: record.private,
    fork: false,
    template: false,
    mirror: false,
    archived: record.archived === true,
    html_url: page,
    url: `${core.url}/api/v1/repos/${fullName}`,
    clone_url: `${page}.git`,
    link: '',
    default_branch: record.defaultBranch,
    created_at: record.createdAt,
    open_pr_counter: record.pulls.filter(pull => pull.state === 'open').length,
    has_issues: false,
    has_pull_requests: true,
    has_wiki: false,
    allow_merge_commits: true,
    allow_rebase: false,
    allow_rebase_explicit: false,
    allow_squash_merge: false,
    allow_fast_forward_only_merge: false,
    default_merge_style: 'merge',
    internal: false,
    permissions: { admin: true, push: true, pull: true },
  };
}

/** A pull request, in the form of Gitea's API. */
export function pullJson(
  core: ForgeCore,
  options: {
    record: RepositoryRecord;
    pull: PullRequest;
    /** Commit of the base branch and whether merging works, where that was looked at. */
    trial?: { clean: boolean; baseSha: string };
  },
) {
  const { record, pull, trial } = options;
  const repo = repositoryJson(core, record);
  const page = `${repo.html_url}/pulls/${pull.number}`;
  const side = (ref: string, sha: string) => ({
    label: ref,
    ref,
    sha,
    repo_id: record.id,
    repo,
  });
  return {
    id: record.id * 10_000 + pull.number,
    number: pull.number,
    url: page,
    html_url: page,
    diff_url: `${page}.diff`,
    patch_url: `${page}.patch`,
    title: pull.title,
    body: pull.body,
    user: userJson(core, pull.user),
    labels: labelsOf(record, pull).map(label =>
      labelJson(core, { record, label }),
    ),
    milestone: null,
    assignee: null,
    assignees: null,
    requested_reviewers: null,
    state: pull.state,
    draft: false,
    is_locked: false,
    comments: pull.comments.length,
    mergeable: pull.state === 'open' && (trial?.clean ?? false),
    merged: pull.merged !== undefined,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.commit ?? null,
    merged_by: pull.merged ? userJson(core, pull.merged.by) : null,
    head: side(pull.head, pull.headSha),
    base: side(pull.base, pull.merged?.baseSha ?? trial?.baseSha ?? ''),
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt ?? null,
    due_date: null,
  };
}

/** A label, in the form of Gitea's API. */
export function labelJson(
  core: ForgeCore,
  options: { record: RepositoryRecord; label: Label },
) {
  const { record, label } = options;
  return {
    ...label,
    exclusive: false,
    is_archived: false,
    url: `${repositoryJson(core, record).url}/labels/${label.id}`,
  };
}

/** A comment, in the form of Gitea's API. */
export function commentJson(
  core: ForgeCore,
  options: { page: string; comment: Comment },
) {
  const { page, comment } = options;
  return {
    id: comment.id,
    html_url: `${page}#comment-${comment.id}`,
    pull_request_url: page,
    issue_url: '',
    user: userJson(core, comment.user),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
  };
}

/** A commit, in the form of Gitea's API. */
export function commitJson(
  core: ForgeCore,
  options: { record: RepositoryRecord; commit: CommitInfo },
) {
  const { record, commit } = options;
  const repo = repositoryJson(core, record);
  const url = (sha: string) => ({
    sha,
    url: `${repo.url}/git/commits/${sha}`,
    html_url: `${repo.html_url}/commit/${sha}`,
  });
  return {
    ...url(commit.sha),
    created: commit.committer.date,
    commit: {
      url: `${repo.url}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: `${commit.message}\n`,
    },
    author: null,
    committer: null,
    parents: commit.parents.map(url),
  };
}

/** A webhook, in the form of Gitea's API; the secret is never told. */
export function hookJson(hook: Webhook) {
  return {
    id: hook.id,
    type: 'gitea',
    branch_filter: '*',
    config: { content_type: 'json', url: hook.url },
    events: hook.events,
    active: hook.active,
    authorization_header: '',
    created_at: hook.createdAt,
    updated_at: hook.createdAt,
  };
}

/** A commit's check, in the form of Gitea's API. */
export function statusJson(core: ForgeCore, status: CommitStatus) {
  return {
    id: status.id,
    status: status.state,
    context: status.context,
    description: status.description,
    target_url: status.targetUrl,
    creator: userJson(core, core.account.login),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}
