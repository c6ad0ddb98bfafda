// What the cluster runs to ask whether the worker works; see deploy/base/deployment.yaml.
import { isAlive } from './heartbeat.js';

process.exitCode = (await isAlive()) ? 0 : 1;
