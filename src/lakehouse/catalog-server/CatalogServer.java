import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.RESTCatalogAdapter;
import org.apache.iceberg.rest.RESTCatalogServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/**
 * Iceberg's own REST catalog over a SQLite file, on loopback only: Iceberg ships the servlet but no program that binds
 * to one address. Arguments: port, SQLite file, warehouse, then key=value properties of the catalog.
 *
 * <p>One write at a time: Iceberg's handler of `transactions/commit` takes a commit that comes second for done and drops
 * it (its retry finds nothing left to apply), so half of what several writers are told was written would be lost.
 */
public class CatalogServer extends RESTCatalogServlet {
  public static void main(String[] arguments) throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("catalog-impl", "org.apache.iceberg.jdbc.JdbcCatalog");
    properties.put("uri", "jdbc:sqlite:" + arguments[1]);
    properties.put("jdbc.schema-version", "V1");
    properties.put("warehouse", arguments[2]);
    for (int index = 3; index < arguments.length; index++) {
      String[] pair = arguments[index].split("=", 2);
      properties.put(pair[0], pair[1]);
    }
    Catalog catalog = CatalogUtil.buildIcebergCatalog("rest", properties, new Configuration());
    ServletContextHandler handler = new ServletContextHandler(ServletContextHandler.NO_SESSIONS);
    handler.addServlet(new ServletHolder(new CatalogServer(new RESTCatalogAdapter(catalog))), "/*");
    Server server = new Server(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
    server.setHandler(handler);
    server.start();
    server.join();
  }

  CatalogServer(RESTCatalogAdapter adapter) {
    super(adapter);
  }

  @Override
  protected synchronized void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    super.doPost(request, response);
  }

  @Override
  protected synchronized void doDelete(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    super.doDelete(request, response);
  }
}
