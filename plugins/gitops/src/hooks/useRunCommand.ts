import { useCallback, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type {
  ApplicationCommand,
  CommandRequest,
  CommandResponse,
} from '@fairway/plugin-gitops-common';
import { gitopsApiRef } from '../apis';

/** Carries out commands, one at a time; `run` rejects with the backend's error. */
export function useRunCommand(): {
  running: boolean;
  run: (
    id: string,
    command: ApplicationCommand,
    request?: CommandRequest,
  ) => Promise<CommandResponse>;
} {
  const api = useApi(gitopsApiRef);
  const [running, setRunning] = useState(false);
  const run = useCallback(
    async (
      id: string,
      command: ApplicationCommand,
      request?: CommandRequest,
    ) => {
      setRunning(true);
      try {
        return await api.runCommand(id, command, request);
      } finally {
        setRunning(false);
      }
    },
    [api],
  );
  return { running, run };
}
