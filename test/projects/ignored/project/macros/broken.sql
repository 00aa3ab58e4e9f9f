{% macro broken(
