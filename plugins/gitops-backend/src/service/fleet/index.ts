export { FleetIndex, type FleetSource } from './FleetIndex';
export { FleetReader } from './FleetReader';
