import { page } from "../../web/page/build";

export default page("wallet");
