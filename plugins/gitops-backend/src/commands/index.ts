export { CommandFollower } from './CommandFollower';
