"""Names of spans become short names of operations."""

import pytest

from telemetry_sender.records.dialects.operations import operation_verb


@pytest.mark.parametrize(
    ("span_name", "verb"),
    [
        ("shop.cart.v1.CartService/AddItem", "add_item"),
        ("GET /api/v1/users", "get_users"),
        ("GET /api/v1/users/{id}", "get_users_by_id"),
        ("GET /api/v1/users/{id}/history", "get_users_history"),
        ("PUT /orders/:order_id", "put_orders_by_order_id"),
        ("DELETE /files/<int:number>", "delete_files_by_number"),
        ("GET /orders/{id}?page=2", "get_orders_by_id"),
        ("GET /orders/{}", "get_orders"),
        ("GET /", "get"),
        ("POST", "post"),
        ("SELECT orders", "select_orders"),
        ("GET rate-limit", "get_rate_limit"),
        ("calculate_total", "calculate_total"),
        ("HTTPServer.handleURL2", "http_server_handle_url2"),
        ("名前 Über", "名前_über"),
        ("worker/", "worker"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_span_name_becomes_words_in_lower_case(span_name: str, verb: str) -> None:
    assert operation_verb(span_name) == verb
