export { CommandFollower } from './CommandFollower';
export { LiveCommands, type DecidedCommand } from './LiveCommands';
