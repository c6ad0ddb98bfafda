export { createFlaggerController } from './FlaggerController';
