export { permissionModuleFairway as default } from './permissionModuleFairway';
